"""Public schemes of numbers for organisations: which there are, and what a number in each looks like."""

import re
from collections.abc import Mapping

from msgspec import Struct

GSS = "GSS"


class Scheme(Struct, frozen=True):
    """A register that gives numbers to organisations; `pattern` is what a number looks like once tidied."""

    code: str
    example: str
    pattern: str
    width: int = 0

    @property
    def field(self) -> str:
        """The name of its field in forms."""
        return self.code.lower().replace("-", "_")

    def tidy(self, typed: str) -> str:
        """The number in its one written form: capitals, no spaces, zeros in front where the register has them."""
        plain = "".join(typed.upper().split())
        return plain.zfill(self.width) if plain.isascii() and plain.isdigit() else plain

    def accepts(self, tidied: str) -> bool:
        """Whether it looks like a number of this register."""
        return re.fullmatch(self.pattern, tidied, re.ASCII) is not None


SCHEMES: Mapping[str, Scheme] = {
    scheme.code: scheme
    for scheme in (
        Scheme("GB-PPON", "PBCD-1234-EFGH", "[A-Z]{4}-[0-9]{4}-[A-Z]{4}"),
        Scheme("GB-COH", "01234567", "(?=.{8}$)[A-Z]{0,2}[0-9]{4,8}[A-Z]{0,2}", width=8),
        Scheme("GB-CHC", "1234567", "[0-9]{6,7}"),
        Scheme("GB-SC", "SC012345", "SC[0-9]{6}"),
        Scheme("GB-NIC", "101234", "[0-9]{6}"),
        Scheme("GB-NHS", "RTD", "[A-Z0-9]{3,6}"),
        Scheme("GB-UKPRN", "10007799", "1[0-9]{7}"),
        Scheme(GSS, "E08000037", "[A-Z][0-9]{8}"),
    )
}
