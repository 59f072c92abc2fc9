"""Make posting to the ledger cheaper: what a rule holds already is not held twice.

Every rule of 0009 stays. A claim is only made by a split, and no split is ever deleted, so the foreign key of a claim
and the index for it said nothing new, at the price of the claim itself. What a reversal frees is found by its outcomes.
On both engines a row that is surely right is recognised first; any other is judged by the rules as they were.

On SQLite a claim could be made by hand for what stands after a quote in the name of an outcome, or for its name in
bytes: no more.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

CLAIM_TRIGGERS = ("outcomes_live_claim_made", "outcomes_live_claim_not_changed", "outcomes_live_claim_freed")
FUNCTIONS = ("outcomes_split_claim()", "outcomes_live_claim_guard()")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _make_claims_again()
    else:
        op.drop_constraint("fk_outcomes_live_claim_split_id_outcomes_split", "outcomes_live_claim", type_="foreignkey")
        op.drop_index("ix_outcomes_live_claim_split_id", "outcomes_live_claim")
    _run(_statements("0013_outcomes_ledger_{}.sql"))


def downgrade() -> None:
    """What 0009 and 0011 made comes back in the words of their own files."""
    key = sa.ForeignKeyConstraint(
        ["split_id"], ["outcomes_split.id"], name="fk_outcomes_live_claim_split_id_outcomes_split"
    )
    if op.get_bind().dialect.name == "sqlite":
        _make_claims_again(key)
        _run([f"DROP TRIGGER {name}" for name in ("outcomes_split_made", "outcomes_split_frees")])
        _run(_statements("0009_outcomes_ledger_{}.sql", ["CREATE TRIGGER outcomes_split_frees "]))
        _run(_statements("0011_outcomes_ledger_{}.sql", ["CREATE TRIGGER outcomes_split_made "]))
    else:
        op.create_foreign_key(key.name, "outcomes_live_claim", "outcomes_split", ["split_id"], ["id"])
        starts = ["-- A session keeps", *(f"CREATE FUNCTION {function} " for function in FUNCTIONS)]
        before = _statements("0011_outcomes_ledger_{}.sql", starts)
        _run([one.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION") for one in before])
        op.execute("ALTER TABLE outcomes_split ALTER COLUMN explanation SET COMPRESSION default")
    op.create_index("ix_outcomes_live_claim_split_id", "outcomes_live_claim", ["split_id"])


def _make_claims_again(*keys: sa.ForeignKeyConstraint) -> None:
    """SQLite takes no key from a table and gives none: the table is made anew with these, and its rows put back."""
    op.execute("CREATE TABLE outcomes_live_claim_before AS SELECT book, outcome_id, split_id FROM outcomes_live_claim")
    op.drop_table("outcomes_live_claim")
    op.create_table(
        "outcomes_live_claim",
        sa.Column("book", sa.String(), nullable=False),
        sa.Column("outcome_id", sa.String(), nullable=False),
        sa.Column("split_id", sa.Uuid(), nullable=False),
        *keys,
        sa.PrimaryKeyConstraint("book", "outcome_id", name=op.f("pk_outcomes_live_claim")),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO outcomes_live_claim SELECT book, outcome_id, split_id FROM outcomes_live_claim_before")
    op.drop_table("outcomes_live_claim_before")
    newest = {"outcomes_live_claim_made": "0011"}
    for name in CLAIM_TRIGGERS:
        file = f"{newest.get(name, '0009')}_outcomes_ledger_{{}}.sql"
        _run(_statements(file, [f"CREATE TRIGGER {name} "]))


def _statements(file: str, starts: list[str] | None = None) -> list[str]:
    path = Path(__file__).with_name(file.format(op.get_bind().dialect.name))
    statements = path.read_text(encoding="utf-8").split("--\n")
    return [one for one in statements if starts is None or one.startswith(tuple(starts))]


def _run(statements: list[str]) -> None:
    for statement in statements:
        op.execute(statement)
