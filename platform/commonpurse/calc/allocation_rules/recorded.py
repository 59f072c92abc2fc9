"""By numbers that the bodies agree themselves, such as litres called off or headcount."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from commonpurse.calc.allocation_rules.rule import BadRule, Case, Rule, only
from commonpurse.calc.sentence import Sentence

_PREFIX = "recorded:"


def basis_of(name: str) -> str:
    """What the basis with this name is called where bases are told apart; no live basis is called so."""
    return f"{_PREFIX}{name}"


def name_of(basis: str) -> str | None:
    """The name of a recorded basis; None for a live one.

    >>> name_of(basis_of("Headcount")), name_of("need")
    ('Headcount', None)
    """
    return basis.removeprefix(_PREFIX) if basis.startswith(_PREFIX) else None


@dataclass(frozen=True, slots=True)
class RecordedWeights(Rule):
    """In proportion to what the bodies agreed that each of them weighs by a basis they named."""

    kind = "recorded_weights"
    name: str

    @property
    def bases(self) -> tuple[str, ...]:
        """The one it names."""
        return (basis_of(self.name),)

    @classmethod
    def read(cls, spec: Mapping[str, Any]) -> Self:
        """`basis` is the name of a recorded basis."""
        only(spec, "kind", "basis")
        name = spec.get("basis")
        if not isinstance(name, str) or not name.strip():
            raise BadRule("Select the weights to share by", "basis")
        return cls(name)

    def own_spec(self) -> dict[str, Any]:
        """The kind and the name."""
        return {"kind": self.kind, "basis": self.name}

    def own_weights(self, case: Case) -> list[int]:
        """What the basis says."""
        return [*case.recorded(basis_of(self.name)), 0]

    def own_words(self, names: Mapping[str, str], /) -> Sentence:
        """The name, as the bodies wrote it; or what `names` calls the basis where it is not agreed, but only tried."""
        if (called := names.get(basis_of(self.name))) is not None:
            return Sentence("In proportion to %(basis)s", {"basis": called})
        return Sentence("In proportion to %(basis)s, as the bodies agreed it for the quarter", {"basis": self.name})
