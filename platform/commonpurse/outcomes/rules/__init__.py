"""Pure decisions about the ledger: splits, and the statements that are made of them."""

from commonpurse.outcomes.rules.documents import (
    UNALLOCATED_NAME,
    Amended,
    Document,
    Evidence,
    Fair,
    Issue,
    Line,
    MeasureFigures,
    Named,
    OutcomeLine,
    SplitLine,
    ValueLine,
    Words,
    as_document,
    as_plain,
    words_of,
)
from commonpurse.outcomes.rules.figures import faults_of, is_same_for_the_body, what_changed
from commonpurse.outcomes.rules.splits import REPLACED, goes_by_the_same, is_tie_broken, statement_file, worth_pence

__all__ = [
    "REPLACED",
    "UNALLOCATED_NAME",
    "Amended",
    "Document",
    "Evidence",
    "Fair",
    "Issue",
    "Line",
    "MeasureFigures",
    "Named",
    "OutcomeLine",
    "SplitLine",
    "ValueLine",
    "Words",
    "as_document",
    "as_plain",
    "faults_of",
    "goes_by_the_same",
    "is_same_for_the_body",
    "is_tie_broken",
    "statement_file",
    "what_changed",
    "words_of",
    "worth_pence",
]
