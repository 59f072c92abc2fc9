"""The outcomes ledger: exact splits, claims, reversals and statements per body."""
