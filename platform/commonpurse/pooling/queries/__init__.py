"""Reads of pooling: rows for commands, pages for views, weights for what stands above."""

from commonpurse.pooling.queries.weights import committed_weights, list_needs, required_quantity_weights

__all__ = ["committed_weights", "list_needs", "required_quantity_weights"]
