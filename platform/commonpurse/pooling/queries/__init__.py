"""Reads of pooling: rows for commands, pages for views, weights for what stands above."""

from commonpurse.pooling.queries.spending import (
    find_spend_file,
    get_own_organisation,
    spend_file_page,
    spending_page,
)
from commonpurse.pooling.queries.suppliers import (
    Order,
    current_supplier,
    list_shared_suppliers,
    shared_suppliers_page,
    supplier_page,
)
from commonpurse.pooling.queries.weights import committed_weights, list_needs, required_quantity_weights

__all__ = [
    "Order",
    "committed_weights",
    "current_supplier",
    "find_spend_file",
    "get_own_organisation",
    "list_needs",
    "list_shared_suppliers",
    "required_quantity_weights",
    "shared_suppliers_page",
    "spend_file_page",
    "spending_page",
    "supplier_page",
]
