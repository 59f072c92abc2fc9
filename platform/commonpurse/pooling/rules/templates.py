"""The files a page offers for filling in: headings, one example row, and what each column takes."""

from msgspec import Struct

from commonpurse.calc.sentence import Sentence
from commonpurse.pooling.rules.columns import Column

DESCRIPTION, CPV, QUANTITY, UNIT, PLACE = "Description", "CPV code", "Quantity", "Unit", "Place"
FROM, UNTIL = "Needed from", "Needed until"
YEAR, AMOUNT, COMMITMENT, SOURCE = "Financial year", "Amount", "Commitment", "Source"


class Template(Struct, frozen=True):
    """A file to fill in; `notes` has one sentence for each column."""

    columns: tuple[Column, ...]
    example: tuple[str, ...]
    notes: tuple[Sentence, ...]

    @property
    def headers(self) -> tuple[str, ...]:
        """The headings."""
        return tuple(column.name for column in self.columns)


REQUIREMENTS = Template(
    (
        Column(DESCRIPTION, ("Requirement", "What is needed", "Item")),
        Column(CPV, ("CPV", "CPV codes", "Category", "Category code")),
        Column(QUANTITY, ("Qty", "Amount needed", "Volume")),
        Column(UNIT, ("Units", "Unit of measure", "UoM")),
        Column(PLACE, ("Place (GSS code)", "GSS code", "GSS", "Delivery place", "Area", "Area code")),
        Column(FROM, ("From", "Start", "Start date", "Needed from date")),
        Column(UNTIL, ("Until", "To", "End", "End date", "Needed to", "Needed until date")),
    ),
    ("A4 recycled copier paper, 80 gsm", "30197642", "1,200", "box", "Gateshead", "01/04/2027", "31/03/2029"),
    (
        Sentence("What is needed, in words that a supplier understands"),
        Sentence("Eight digits. A digit after a hyphen, the check digit, is not used"),
        Sentence("A number above zero, a whole one where single things are counted"),
        Sentence("One unit, like each, hour, day, kg, m2 or box"),
        Sentence("The council area where it is delivered: its name, or its GSS code such as E08000037"),
        Sentence("The first day, as day/month/year"),
        Sentence("The last day, as day/month/year"),
    ),
)

BUDGET = Template(
    (
        Column(YEAR, ("Year", "FY")),
        Column(AMOUNT, ("Amount (£)", "Amount in pounds", "Budget", "Value")),
        Column(COMMITMENT, ("Commitment level", "Status", "Certainty")),
        Column(SOURCE, ("Budget code", "Funding source", "Source of funds")),
    ),
    ("2026-27", "25,000.00", "committed", "Office supplies revenue budget"),
    (
        Sentence("From April to March, like 2026-27"),
        Sentence("Pounds and pence, without VAT"),
        Sentence("Indicative, committed or guaranteed minimum"),
        Sentence("The budget the money comes from"),
    ),
)
