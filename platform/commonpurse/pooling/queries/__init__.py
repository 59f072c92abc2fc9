"""Reads of pooling: rows for commands, pages for views, weights for what stands above."""

from commonpurse.pooling.queries.budgets import (
    BudgetTable,
    budget_contents,
    budget_page,
    contribution_page,
    get_contribution,
    own_budget_contents,
)
from commonpurse.pooling.queries.needs import (
    Contents,
    get_requirement,
    need_page,
    needs_page,
    own_requirement_contents,
    requirement_contents,
)
from commonpurse.pooling.queries.savings import SavingsPage, savings_page
from commonpurse.pooling.queries.spending import (
    find_spend_file,
    get_own_organisation,
    spend_file_page,
    spending_page,
)
from commonpurse.pooling.queries.spent import NO_SHARED_SUPPLIER, CommonSuppliers, common_suppliers, spent_with
from commonpurse.pooling.queries.suppliers import (
    Order,
    current_supplier,
    list_shared_suppliers,
    shared_suppliers_page,
    supplier_page,
)
from commonpurse.pooling.queries.uploads import (
    UploadPage,
    exact_requirement,
    faulty_rows,
    find_stored_upload,
    get_upload,
    upload_page,
    uploads_page,
)
from commonpurse.pooling.queries.waiting import waiting
from commonpurse.pooling.queries.weights import (
    basis_weights,
    committed_weights,
    list_needs,
    required_quantity_weights,
    weight_words,
)

__all__ = [
    "NO_SHARED_SUPPLIER",
    "BudgetTable",
    "CommonSuppliers",
    "Contents",
    "Order",
    "SavingsPage",
    "UploadPage",
    "basis_weights",
    "budget_contents",
    "budget_page",
    "committed_weights",
    "common_suppliers",
    "contribution_page",
    "current_supplier",
    "exact_requirement",
    "faulty_rows",
    "find_spend_file",
    "find_stored_upload",
    "get_contribution",
    "get_own_organisation",
    "get_requirement",
    "get_upload",
    "list_needs",
    "list_shared_suppliers",
    "need_page",
    "needs_page",
    "own_budget_contents",
    "own_requirement_contents",
    "required_quantity_weights",
    "requirement_contents",
    "savings_page",
    "shared_suppliers_page",
    "spend_file_page",
    "spending_page",
    "spent_with",
    "supplier_page",
    "upload_page",
    "uploads_page",
    "waiting",
    "weight_words",
]
