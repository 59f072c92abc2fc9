"""Every public rule as an operation on plain JSON: the one table behind the command line and the API.

A problem is read strictly (`problem`, `fields`), answered by the rule itself, and checked once more before it is
shown. Limits on sizes keep every answer within two seconds and a few megabytes; each operation says its own.

Whole numbers of problems and answers are exact, whatever their size: JSON has no limit, and Python keeps all digits.
Readers that hold every number as a double, as JavaScript does, lose digits beyond 2^53. They may write numbers as
text of their digits, and ask for the answer's by `"numbers": "text"`.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from commonpurse.calc.operations import deciding, games, joint_price, netting, power, promises, seats, sharing, tables
from commonpurse.calc.operations.operation import ENGINE, Operation
from commonpurse.calc.operations.problem import MOST_CHARACTERS, BadProblem, NotJSON, shown

__all__ = ["ENGINE", "MOST_CHARACTERS", "OPERATIONS", "BadProblem", "NotJSON", "Operation", "Unknown", "find", "write"]

OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {
        each.name: each
        for part in (sharing, seats, promises, tables, netting, games, joint_price, power, deciding)
        for each in part.OPERATIONS
    }
)
"""Every operation by its name, in the order in which to list them."""


class Unknown(LookupError):
    """There is no operation of that name."""


def find(name: str) -> Operation:
    """The operation of that name. Raises Unknown with a sentence for whoever asked."""
    if name not in OPERATIONS:
        raise Unknown(f"There is no operation {shown(name)}")
    return OPERATIONS[name]


def write(answer: Any) -> str:
    """An answer, an example or a list of operations as JSON that people can read."""
    return json.dumps(answer, ensure_ascii=False, indent=2)
