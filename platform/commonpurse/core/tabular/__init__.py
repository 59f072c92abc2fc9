"""Tables in files: CSV and Excel workbooks read with care, and written so that they are harmless."""

from commonpurse.core.tabular.package import is_workbook
from commonpurse.core.tabular.read import read_table
from commonpurse.core.tabular.table import Limits, Row, Table
from commonpurse.core.tabular.write import Cell, write_csv, write_xlsx

__all__ = ["Cell", "Limits", "Row", "Table", "is_workbook", "read_table", "write_csv", "write_xlsx"]
