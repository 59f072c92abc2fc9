"""Filling the catalogues from the published files, and a body's own measures."""

import csv
import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.core.errors import Refused
from commonpurse.measures import queries
from commonpurse.measures.events import MeasureAdded
from commonpurse.measures.models import (
    AwardCriterionTemplate,
    FrameworkVersion,
    Measure,
    MeasureKind,
    ModelRule,
    Outcome,
    Theme,
    UnitValue,
)
from commonpurse.measures.rules import counting, value_family

CODE = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,19}")


def load_catalogues(session: Session, folder: Path) -> dict[str, int]:
    """Add the models and unit values of `folder` that are not there yet, a model with its rules; how many of each."""
    models = json.loads((folder / "social_value_models.json").read_text(encoding="utf-8"))["models"]
    added = {"models": 0, "unit values": 0}
    for model in models:
        known = session.scalars(
            select(FrameworkVersion.id).where(
                FrameworkVersion.framework == model["id"], FrameworkVersion.edition == model["version"]
            )
        ).first()
        if known is None:
            _add_model(session, model, folder)
            added["models"] += 1
    known_values = {
        tuple(row) for row in session.execute(select(UnitValue.framework, UnitValue.edition, UnitValue.code))
    }
    rows = [row for row in _unit_values(folder) if (row["framework"], row["edition"], row["code"]) not in known_values]
    if rows:
        session.execute(insert(UnitValue), rows)
    added["unit values"] = len(rows)
    return added


def _add_model(session: Session, model: dict[str, Any], folder: Path) -> None:
    applies = model["applies"]
    version = FrameworkVersion(
        framework=model["id"],
        title=model["model"],
        edition=model["version"],
        publisher=model["publisher"],
        licence=model["licence"],
        source=model["source"],
        in_force_from=_day(applies["from_date"]),
        in_force_until=_day(applies["to_date"]),
        confirmation=f"{model['titles_note']} {model['confirmation']}",
        level_names=model["level_names"],
    )
    session.add(version)
    session.flush()
    for position, theme in enumerate(model["themes"]):
        _add_theme(session, version, position, theme)
    for rule in json.loads((folder / "model_rules.json").read_text(encoding="utf-8"))["rules"]:
        if rule.pop("model") == model["id"]:
            days = {key: _day(rule.pop(key)) for key in ("commenced_from", "commenced_until")}
            session.add(ModelRule(framework_version_id=version.id, **days, **rule))
    session.flush()


def _add_theme(session: Session, version: FrameworkVersion, position: int, given: dict[str, Any]) -> None:
    theme = Theme(
        framework_version_id=version.id,
        position=position,
        code=given["code"],
        title=given["title"],
        status="retired" if given.get("retired") else "",
    )
    session.add(theme)
    session.flush()
    for outcome_position, outcome_given in enumerate(given["outcomes"]):
        outcome = Outcome(
            theme_id=theme.id, position=outcome_position, code=outcome_given["code"], title=outcome_given["title"]
        )
        session.add(outcome)
        session.flush()
        for criterion_position, criterion in enumerate(outcome_given["criteria"]):
            session.add(
                AwardCriterionTemplate(
                    outcome_id=outcome.id,
                    position=criterion_position,
                    code=criterion["code"],
                    title=criterion["title"],
                )
            )
        for metric in outcome_given["metrics"]:
            _add_measure_of_model(session, version, outcome, metric)


def _add_measure_of_model(
    session: Session, version: FrameworkVersion, outcome: Outcome, metric: dict[str, Any]
) -> None:
    how = counting(metric["unit"])
    session.add(
        Measure(
            framework_version_id=version.id,
            outcome_id=outcome.id,
            kind=MeasureKind.REPORTING,
            code=metric["code"],
            title=metric["title"],
            unit=how.unit if how else metric["unit"],
            decimals=how.decimals if how else 2,
            counts=how.counts if how else "none",
            in_force_from=version.in_force_from,
            in_force_until=version.in_force_until,
            source=version.source,
            status="paraphrased",
        )
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _unit_values(folder: Path) -> Iterator[dict[str, Any]]:
    with (folder / "open_unit_values.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            price_year = int(row["price_year"]) if row["price_year"] else None
            family = value_family(row["code"], price_year)
            yield {
                "id": uuid4(),
                "framework": family.framework,
                "edition": family.edition,
                "code": row["code"],
                "title": row["title"],
                "unit": row["unit"],
                "value_gbp": Decimal(row["value_gbp"]) if row["value_gbp"] else None,
                "price_year": price_year,
                **{key: row[key] for key in ("source", "licence", "url", "status", "note")},
            }


def add_measure(
    session: Session, actor: Actor, *, code: str, title: str, unit: str, decimals: int, counts: str
) -> UUID:
    """Add a measure of the actor's own organisation.

    Args:
        decimals: the smallest unit is 10**-decimals of `unit`.
        counts: beneficiary or asset: what one claim stands for.

    Raises:
        NotAllowed: the actor is no buyer of a public body.
        Refused: the code is taken or is not a code.
    """
    organisation = queries.adding_body(session, actor)
    code = code.strip().upper()
    if not CODE.fullmatch(code):
        raise Refused("Enter a code of letters, digits, dots and hyphens, such as LOCAL-1", field="code")
    taken = session.scalars(select(Measure.id).where(Measure.owner_id == organisation.id, Measure.code == code)).first()
    if taken is not None:
        raise Refused("Your organisation already has a measure with this code", field="code")
    measure = Measure(
        owner_id=organisation.id,
        kind=MeasureKind.CUSTOM,
        code=code,
        title=title,
        unit=unit,
        decimals=decimals,
        counts=counts,
        source=organisation.name,
        status="own measure",
    )
    session.add(measure)
    session.flush()
    log.record(session, actor, organisation.stream, MeasureAdded(measure.id, code, title, unit))
    return measure.id
