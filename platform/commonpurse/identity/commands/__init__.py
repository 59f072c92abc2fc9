"""What people do with organisations, memberships and their own account; other features import it from here."""

from commonpurse.identity.commands.sign_ins import touch

__all__ = ["touch"]
