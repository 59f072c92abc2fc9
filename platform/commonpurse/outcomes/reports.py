"""Tables of shares, made by pandas from whole smallest units without a float; and statements as PDF."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import asdict

from commonpurse.outcomes.queries.shares import QuarterlyShare

if TYPE_CHECKING:
    import pandas as pd

PAGE = Path(__file__).parents[3] / "templates" / "outcomes" / "statement.typ"

MEASURE = ["measure_id", "measure", "unit", "decimals"]
BODY = ["party", "body"]


def shares_by_quarter(shares: Sequence[QuarterlyShare]) -> "pd.DataFrame":
    """One row per (*MEASURE, *BODY) in the order given, one column per quarter, and `total`.

    All columns are int64 in the measure's smallest units; a quarter without a share is 0.
    """
    import pandas as pd

    frame = pd.DataFrame([asdict(share) for share in shares], columns=[*MEASURE, *BODY, "quarter_starting", "amount"])
    frame["amount"] = frame["amount"].astype("int64")
    table = frame.pivot_table(
        index=[*MEASURE, *BODY], columns="quarter_starting", values="amount", aggfunc="sum", fill_value=0, sort=False
    )
    table = table.reindex(columns=sorted(table.columns)).astype("int64")
    table["total"] = table.sum(axis="columns").astype("int64")
    return table


def totals_by_quarter(table: "pd.DataFrame") -> "pd.DataFrame":
    """The sums of all bodies, unallocated included: one row per MEASURE."""
    return table.groupby(level=MEASURE, sort=False).sum()


def print_statement(content: Mapping[str, object]) -> bytes:
    """A statement as a tagged PDF that screen readers can read (PDF/UA-1).

    Args:
        content: words and tables in the shape that `templates/outcomes/statement.typ` reads, as plain JSON values.
    """
    import typst

    pdf: bytes = typst.compile(
        PAGE,
        root=PAGE.parent,
        format="pdf",
        pdf_standards="ua-1",
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
    )
    return pdf
