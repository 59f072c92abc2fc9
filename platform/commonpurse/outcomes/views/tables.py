"""A statement's document as tables: what its page, its PDF, its CSV and its workbook show."""

from typing import NamedTuple

from flask_babel import gettext as _

from commonpurse.calc import money, quantity
from commonpurse.calc.quantity import from_smallest
from commonpurse.core.tabular import Cell
from commonpurse.outcomes.rules import Document, Fair, Line, MeasureFigures, SplitLine
from commonpurse.web.words import say

MOST_SPLITS = 200
"""How many splits a page or a PDF explains in words."""


class Shown(NamedTuple):
    """A table in words: `numeric` are the places of the columns that hold numbers."""

    caption: str
    head: list[str]
    rows: list[list[str]]
    numeric: list[int]
    notes: str = ""


def shares(document: Document) -> Shown:
    """The body's share by measure, contract and place."""
    rows = []
    for line in document.lines:
        measure = document.measure(line.measure)
        figures = (line.opening, line.period, line.cumulative)
        rows.append(
            [
                measure.title,
                measure.unit,
                document.name_of(line.contract),
                document.name_of(line.place),
                *(quantity.say(figure, measure.decimals) for figure in figures),
            ]
        )
    head = [_("Measure"), _("Unit"), _("Contract"), _("Place of delivery"), *_periods()]
    return Shown(_("Share by measure, contract and place"), head, rows, [4, 5, 6])


def wholes(document: Document) -> Shown:
    """The body's share of each measure beside its fair share and the whole."""
    rows = [
        [
            measure.title,
            measure.unit,
            *(quantity.say(units, measure.decimals) for units in (measure.opening, measure.period, measure.cumulative)),
            _exactly(measure.fair_share, measure),
            _exactly(measure.difference, measure),
            str(measure.records),
            str(measure.files),
        ]
        for measure in document.measures
    ]
    head = [_("Measure"), _("Unit"), *_periods(), _("Fair share so far"), _("Difference")]
    return Shown(
        _("Share against the fair share"),
        [*head, _("Records behind it"), _("Files of evidence")],
        rows,
        [2, 3, 4, 5, 6, 7, 8],
        _(
            "The fair share is what the rule gives before anything is rounded to whole units; "
            "the JSON file has it as an exact fraction."
        ),
    )


def targets(document: Document) -> Shown:
    """What all bodies have together, beside what they agreed."""
    rows = [
        [
            measure.title,
            measure.unit,
            quantity.say(measure.whole, measure.decimals),
            _agreed(measure.target, measure),
            _agreed(measure.missing, measure),
        ]
        for measure in document.measures
    ]
    head = [_("Measure"), _("Unit"), _("All bodies so far"), _("Agreed target"), _("Still to deliver")]
    return Shown(_("All bodies against the agreed target"), head, rows, [2, 3, 4], _("A target is for the whole term."))


def values(document: Document) -> Shown:
    """What shares are worth, year by year, at published unit values."""
    rows = [
        [
            document.measure(value.measure).title,
            str(value.year),
            quantity.say(value.amount, document.measure(value.measure).decimals),
            money.pounds(value.pence),
            value.framework,
            value.edition,
            str(value.price_year) if value.price_year else _("Not stated"),
            value.source,
        ]
        for value in document.values
    ]
    head = [_("Measure"), _("Year"), _("Share"), _("Value"), _("Framework"), _("Edition"), _("Price year"), _("Source")]
    notes = _("Values of different frameworks are never added.")
    return Shown(_("Value of the share so far"), head, rows, [1, 2, 3, 6], notes)


def explained(document: Document) -> tuple[list[SplitLine], int]:
    """The splits that made the body's figures of the quarter, and how many more there are than are explained."""
    splits = [split for split in document.splits if split.quarter == document.until and split.sentences]
    return splits[:MOST_SPLITS], max(0, len(splits) - MOST_SPLITS)


def flat(document: Document) -> tuple[list[str], list[list[Cell]]]:
    """Every figure in one table: a row for each share by contract and place, then one for each measure as a whole.

    The first column says which a row is, so that nobody adds a whole to its parts.
    """
    head = [
        _("Row"),
        _("Body"),
        _("Measure"),
        _("Unit"),
        _("Contract"),
        _("Place"),
        _("GSS code"),
        _("Up to the quarter starting"),
        *_periods(),
        _("Fair share so far"),
        _("Difference"),
        _("All bodies so far"),
        _("Agreed target"),
        _("Still to deliver"),
        _("Value of the share"),
        _("Certificate"),
    ]
    lines: list[list[Cell]] = [[*_about(document, line), *[None] * 7] for line in document.lines]
    return head, lines + [_total(document, measure) for measure in document.measures]


def _about(document: Document, line: Line) -> list[Cell]:
    measure = document.measure(line.measure)
    figures = (line.opening, line.period, line.cumulative)
    return [
        _("Part"),
        document.body.name,
        measure.title,
        measure.unit,
        document.name_of(line.contract),
        document.name_of(line.place),
        line.place,
        document.until,
        *(from_smallest(figure, measure.decimals) for figure in figures),
    ]


def _total(document: Document, measure: MeasureFigures) -> list[Cell]:
    def units(figure: int | None) -> Cell:
        return None if figure is None else from_smallest(figure, measure.decimals)

    worth = [
        _(
            "%(amount)s in %(year)s (%(framework)s, %(edition)s)",
            amount=money.pounds(value.pence),
            year=value.year,
            framework=value.framework,
            edition=value.edition,
        )
        for value in document.values
        if value.measure == measure.id
    ]
    return [
        _("Total"),
        document.body.name,
        measure.title,
        measure.unit,
        _("All contracts"),
        _("All places"),
        None,
        document.until,
        units(measure.opening),
        units(measure.period),
        units(measure.cumulative),
        _exactly(measure.fair_share, measure),
        _exactly(measure.difference, measure),
        units(measure.whole),
        units(measure.target),
        units(measure.missing),
        "; ".join(worth) or None,
        certificate(measure),
    ]


def certificate(measure: MeasureFigures) -> str:
    """The line that shows that the shares of a measure add up, or that nothing of it counts."""
    words = measure.certificate
    if words is None:
        return str(_("Nothing of it counts now: what had been split was taken back."))
    return say(words.sentence())


def _periods() -> list[str]:
    return [_("Before the quarter"), _("In the quarter"), _("So far")]


def _exactly(fair: Fair | None, measure: MeasureFigures) -> str:
    return _("Not said by this rule") if fair is None else fair.say(measure.decimals)


def _agreed(figure: int | None, measure: MeasureFigures) -> str:
    return _("None agreed") if figure is None else quantity.say(figure, measure.decimals)
