"""Tables of shares by quarter: whole numbers that add up to the ledger."""

import io
from datetime import date
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from openpyxl import load_workbook

from commonpurse.outcomes.queries.shares import QuarterlyShare
from commonpurse.outcomes.reports import shares_by_quarter, totals_by_quarter

SPRING, SUMMER = date(2026, 4, 1), date(2026, 7, 1)
HOURS, CARBON = UUID(int=1), UUID(int=2)
SHARES = [
    QuarterlyShare(HOURS, "l", "Hours", "hours", 2, "Leeds", SUMMER, 5),
    QuarterlyShare(HOURS, "l", "Hours", "hours", 2, "Leeds", SPRING, 7),
    QuarterlyShare(HOURS, "", "Hours", "hours", 2, "", SPRING, -2),
    QuarterlyShare(CARBON, "l", "Carbon", "tCO2e", 3, "Leeds", SPRING, 10**15),
]


def test_a_body_has_one_row_for_each_measure_with_its_quarters_in_order_and_a_total():
    table = shares_by_quarter(SHARES)
    assert list(table.columns) == [SPRING, SUMMER, "total"]
    assert [tuple(row) for row in table.itertuples()] == [
        ((HOURS, "Hours", "hours", 2, "l", "Leeds"), 7, 5, 12),
        ((HOURS, "Hours", "hours", 2, "", ""), -2, 0, -2),
        ((CARBON, "Carbon", "tCO2e", 3, "l", "Leeds"), 10**15, 0, 10**15),
    ]


def test_the_totals_of_a_measure_hold_what_is_unallocated_too():
    totals = totals_by_quarter(shares_by_quarter(SHARES))
    assert totals.loc[(HOURS, "Hours", "hours", 2)].tolist() == [5, 5, 10]


def test_two_measures_or_bodies_of_one_name_are_never_added():
    first, *_ = SHARES
    namesakes = [first, replace(first, measure_id=CARBON), replace(first, party="other")]
    table = shares_by_quarter(namesakes)
    assert table["total"].tolist() == [5, 5, 5]
    assert totals_by_quarter(table)["total"].tolist() == [10, 5]


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            QuarterlyShare,
            st.sampled_from([HOURS, CARBON]),
            st.sampled_from(["l", "h", ""]),
            st.sampled_from(["Hours", "Carbon"]),
            st.just("units"),
            st.just(2),
            st.sampled_from(["Leeds", "Hull", ""]),
            st.sampled_from([SPRING, SUMMER]),
            st.integers(-(10**15), 10**15),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_no_float_reaches_the_table_and_nothing_is_lost(shares):
    table = shares_by_quarter(shares)
    assert {str(kind) for kind in table.dtypes} == {"int64"}
    assert int(table["total"].sum()) == sum(share.amount for share in shares)


def test_a_ledger_without_splits_gives_a_table_without_rows():
    assert len(shares_by_quarter([])) == 0


def test_the_workbook_holds_exact_figures_and_only_members_get_it(client_of, session, world):
    from support.ledger import make_ledger

    ledger = make_ledger(session, world)
    ledger.post(["a" * 32, "b" * 32], [3, 2, 1, 0])
    session.commit()
    base = f"/consortia/{world.consortium.id}/outcomes/shares"
    answer = client_of("gateshead").get(f"{base}.xlsx")
    rows = list(load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows(values_only=True))
    assert rows[0][:4] == ("Row", "Measure", "Unit", "Body")
    assert {row[0] for row in rows[1:-1]} == {"Part"}
    assert (rows[-1][0], rows[-1][3]) == ("Total", "All bodies")
    assert str(rows[-1][-1]) == "6"
    assert "Newcastle upon Tyne Council" in client_of("gateshead", "observer").get(f"{base}.csv").text
    assert client_of("leeds").get(f"{base}.csv").status_code == 404
