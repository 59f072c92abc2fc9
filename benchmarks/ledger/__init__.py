"""The ledger beside one that keeps a checked row for each share."""
