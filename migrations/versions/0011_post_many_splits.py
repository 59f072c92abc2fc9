"""Make the checks of the ledger cheap enough for many splits at once.

Every rule of 0009 stays. On PostgreSQL claims are made, checked and freed by statement, not by row, and the guard of a
split asks each question once. On SQLite a row that is surely right is recognised in one pass over each of its lists,
and looking for live outcomes goes from the outcomes to the claims: the other way round every post read all claims.
"""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SQLITE = ("outcomes_split_made", "outcomes_live_claim_made")
POSTGRESQL = ("outcomes_split_claim()", "outcomes_live_claim_guard()", "outcomes_split_guard()")


def upgrade() -> None:
    engine = op.get_bind().dialect.name
    _run(_statements(f"0011_outcomes_ledger_{engine}.sql"))


def downgrade() -> None:
    """What 0009 made comes back in the words of its own files."""
    if op.get_bind().dialect.name == "sqlite":
        _run([f"DROP TRIGGER {name}" for name in SQLITE])
        starts = [f"CREATE TRIGGER {name} " for name in SQLITE]
        _run(_statements("0009_outcomes_ledger_sqlite.sql", starts))
        return
    _run([f"DROP FUNCTION {function} CASCADE" for function in POSTGRESQL])
    starts = [f"CREATE FUNCTION {function} " for function in POSTGRESQL]
    triggers = ("outcomes_split_made", "outcomes_split_claims", "outcomes_live_claim_guard")
    starts += [f"CREATE TRIGGER {name} " for name in triggers]
    _run(_statements("0009_outcomes_ledger_postgresql.sql", starts))
    op.execute("ALTER TABLE outcomes_roster ALTER COLUMN parties SET STORAGE EXTENDED")


def _statements(file: str, starts: list[str] | None = None) -> list[str]:
    statements = Path(__file__).with_name(file).read_text(encoding="utf-8").split("--\n")
    return [one for one in statements if starts is None or one.startswith(tuple(starts))]


def _run(statements: list[str]) -> None:
    for statement in statements:
        op.execute(statement)
