"""What people do in pooling."""

from commonpurse.pooling.commands.spending import import_spending

__all__ = ["import_spending"]
