"""Database, transactions, the event log, actors and errors: everything below the web."""
