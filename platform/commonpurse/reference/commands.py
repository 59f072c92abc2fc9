"""Filling the reference tables from the published files; running it again changes nothing."""

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from commonpurse.core.db import Base
from commonpurse.reference.models import Area, Category

AREA_SOURCE = "mySociety, uk_local_authority_names_and_codes and composite UK IMD, CC BY 4.0; contains OS and ONS data"


def load_reference(session: Session, folder: Path) -> dict[str, int]:
    """Load areas and categories from `folder` where their number differs; how many there are of each."""
    areas, categories = list(_areas(folder)), list(_categories(folder))
    _refill(session, Area, areas)
    _refill(session, Category, categories)
    return {"areas": len(areas), "categories": len(categories)}


def _refill(session: Session, table: type[Base], rows: list[dict[str, object]]) -> None:
    if session.scalar(select(func.count()).select_from(table)) == len(rows):
        return
    session.execute(delete(table))
    session.execute(insert(table), rows)


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
