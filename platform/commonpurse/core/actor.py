"""Who does something, for which organisation, with which roles."""

from uuid import UUID

from msgspec import Struct


class Actor(Struct, frozen=True):
    """A person acting for one of their organisations; `roles` are those they hold there.

    An actor without a person is a visitor, or with `is_system` the service itself.
    """

    person_id: UUID | None = None
    organisation_id: UUID | None = None
    roles: frozenset[str] = frozenset()
    label: str = ""
    is_system: bool = False

    def has_role(self, *roles: str) -> bool:
        """Whether the actor holds at least one of `roles` in the organisation they act for."""
        return not self.roles.isdisjoint(roles)

    @property
    def person(self) -> UUID:
        """The person's key. Raises RuntimeError for visitors: a policy should have refused them."""
        if self.person_id is None:
            raise RuntimeError("no person acts here")
        return self.person_id

    @property
    def organisation(self) -> UUID:
        """The organisation's key. Raises RuntimeError where none is chosen."""
        if self.organisation_id is None:
            raise RuntimeError("the actor acts for no organisation")
        return self.organisation_id


VISITOR = Actor(label="Visitor")
SYSTEM = Actor(label="Commonpurse", is_system=True)
