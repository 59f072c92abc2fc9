"""What users can cause. Everything else is our own mistake and reaches the operator.

Messages are English sentences that serve as gettext msgids; named values fill `%(name)s` places.
"""

from typing import Any


class DomainError(Exception):
    """Something a person did that cannot be done, said in words they can act on."""

    status = 422

    def __init__(self, message: str, *, field: str | None = None, **values: Any) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.values = values

    def __str__(self) -> str:
        """The sentence in English, its values filled in."""
        return self.message % self.values if self.values else self.message


class Refused(DomainError):
    """The input breaks a rule; `field` names the input if it belongs to one."""


class NotAllowed(DomainError):
    """The actor may see the thing but not do this to it; `who` can."""

    status = 403

    def __init__(self, message: str, *, who: str | None = None, **values: Any) -> None:
        super().__init__(message, **values)
        self.who = who


class NotFound(DomainError):
    """The thing does not exist, or does not exist for this actor."""

    status = 404


class Stale(DomainError):
    """Somebody else was faster; the actor should look again."""

    status = 409


def require(allowed: bool, message: str, *, who: str | None = None, **values: Any) -> None:
    """Raise NotAllowed with `message` unless `allowed`."""
    if not allowed:
        raise NotAllowed(message, who=who, **values)
