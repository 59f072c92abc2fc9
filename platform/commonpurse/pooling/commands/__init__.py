"""What people do in pooling."""

from commonpurse.pooling.commands.budgets import add_budget, approve_budget, change_budget, refuse_budget, remove_budget
from commonpurse.pooling.commands.needs import (
    add_requirement,
    change_requirement,
    remove_requirement,
    requirement_faults,
)
from commonpurse.pooling.commands.spending import import_spending
from commonpurse.pooling.commands.uploads import check_upload, drop_upload, store_upload

__all__ = [
    "add_budget",
    "add_requirement",
    "approve_budget",
    "change_budget",
    "change_requirement",
    "check_upload",
    "drop_upload",
    "import_spending",
    "refuse_budget",
    "remove_budget",
    "remove_requirement",
    "requirement_faults",
    "store_upload",
]
