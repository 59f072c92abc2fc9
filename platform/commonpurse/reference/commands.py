"""Filling the reference tables from the published files; running it again changes nothing.

Rows that the files no longer hold stay: consortia, needs and outcomes may refer to them.
"""

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from commonpurse.reference.models import Area, Category

AREA_SOURCE = "mySociety, uk_local_authority_names_and_codes and composite UK IMD, CC BY 4.0; contains OS and ONS data"


def load_reference(session: Session, folder: Path) -> dict[str, int]:
    """Add the areas and categories of `folder` that are missing, correct those that differ; how many it has of each."""
    areas, categories = list(_areas(folder)), list(_categories(folder))
    _bring_up_to_date(session, Area, "gss", areas)
    _bring_up_to_date(session, Category, "code", categories)
    return {"areas": len(areas), "categories": len(categories)}


def _bring_up_to_date(
    session: Session, table: type[Area] | type[Category], key: str, rows: list[dict[str, object]]
) -> None:
    known = {row[key]: dict(row) for row in session.execute(select(*table.__table__.columns)).mappings()}
    if new := [row for row in rows if row[key] not in known]:
        session.execute(insert(table), new)
    if changed := [row for row in rows if row[key] in known and row != known[row[key]]]:
        session.execute(update(table), changed)


def _areas(folder: Path) -> Iterator[dict[str, object]]:
    with (folder / "uk_local_authorities.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["current_authority"] != "True":
                continue
            names = f"{row['nice_name']} {row['official_name']} {row['gss_code']}"
            yield {
                "gss": row["gss_code"],
                "name": row["nice_name"],
                "official_name": row["official_name"],
                "kind": row["local_authority_type_name"],
                "nation": row["nation"],
                "region": row["region"],
                "county": row["county_la"],
                "combined_authority": row["combined_authority"],
                "population": int(Decimal(row["pop_2020"])) if row["pop_2020"] else None,
                "population_year": 2020 if row["pop_2020"] else None,
                "deprivation_score": _six_decimals(row["deprivation_score"]),
                "deprivation_decile": int(row["deprivation_decile"]) if row["deprivation_decile"] else None,
                "searchable": names.casefold(),
                "source": AREA_SOURCE,
            }


def _six_decimals(text: str) -> Decimal | None:
    return Decimal(text).quantize(Decimal("0.000001")) if text else None


def _categories(folder: Path) -> Iterator[dict[str, object]]:
    with (folder / "cpv_2008_en.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {
                "code": row["code"],
                "title": row["title"],
                "parent_code": row["parent_code"] or None,
                "searchable": f"{row['code']} {row['title'].casefold()}",
            }
