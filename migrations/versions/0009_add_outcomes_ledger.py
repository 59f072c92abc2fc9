"""Add the outcomes ledger.

One immutable row for each split. The rules of the ledger are held by the database, the same on both engines:

1 shares add up to the total and none is missing; 2 so do the quantities, one version and quantity for each outcome;
3 one share for each party of the roster; 4 rows are only ever added; 5 an outcome is live in one split of a book;
6 a reversal is the exact negative of an unreversed split, once; 7 a reversal is not reversed; 8 numbers have no gaps
and each row carries the digest of the one before; 9 claims cannot be forged or freed by hand; 10 rosters, rules and
weights never change.

The two files beside this one say them in each engine's words. Amounts are held within 10**15, so that no sum of
500 of them leaves 64 bits.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

VECTOR = sa.Text().with_variant(postgresql.ARRAY(sa.BigInteger()), "postgresql")
TEXTS = sa.Text().with_variant(postgresql.ARRAY(sa.Text()), "postgresql")
TABLES = (
    "outcomes_roster",
    "outcomes_rule_version",
    "outcomes_weight_version",
    "outcomes_split",
    "outcomes_live_claim",
)

SQLITE_KEPT = """
CREATE TRIGGER {table}_not_changed BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
--
CREATE TRIGGER {table}_not_deleted BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""

SQLITE_VERSION_ONCE = """
CREATE TRIGGER {table}_not_replaced BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR digest = NEW.digest)
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""

POSTGRESQL_KEPT = """
CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION outcomes_kept();
"""

POSTGRESQL_NOT_TRUNCATED = """
CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION outcomes_kept();
"""

FUNCTIONS = (
    "outcomes_kept()",
    "outcomes_require(boolean, text)",
    "outcomes_is_list(anyarray)",
    "outcomes_within(bigint[])",
    "outcomes_negative(bigint[])",
    "outcomes_total(bigint[])",
    "outcomes_each_once(text[])",
    "outcomes_roster_guard()",
    "outcomes_rule_version_guard()",
    "outcomes_weight_version_guard()",
    "outcomes_split_guard()",
    "outcomes_split_claim()",
    "outcomes_live_claim_guard()",
)


def upgrade() -> None:
    _make_versions()
    _make_ledger()
    if op.get_bind().dialect.name == "sqlite":
        once = [SQLITE_VERSION_ONCE.format(table=table) for table in TABLES[:3]]
        kept = [SQLITE_KEPT.format(table=table) for table in TABLES[:4]]
        _run([*once, *kept, _rules("sqlite")])
    else:
        kept = [POSTGRESQL_KEPT.format(table=table) for table in TABLES[:4]]
        _run([_rules("postgresql"), *kept, *(POSTGRESQL_NOT_TRUNCATED.format(table=table) for table in TABLES)])


def _rules(engine: str) -> str:
    return Path(__file__).with_name(f"0009_outcomes_ledger_{engine}.sql").read_text(encoding="utf-8")


def _run(scripts: list[str]) -> None:
    for script in scripts:
        for statement in script.split("--\n"):
            op.execute(statement)


def _make_versions() -> None:
    op.create_table(
        "outcomes_roster",
        sa.Column("consortium_id", sa.Uuid(), nullable=False),
        sa.Column("parties", TEXTS, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consortium_id"],
            ["consortia_consortium.id"],
            name=op.f("fk_outcomes_roster_consortium_id_consortia_consortium"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes_roster")),
        sa.UniqueConstraint("digest", name=op.f("uq_outcomes_roster_digest")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_outcomes_roster_consortium_id"), "outcomes_roster", ["consortium_id"], unique=False)
    op.create_table(
        "outcomes_rule_version",
        sa.Column("consortium_id", sa.Uuid(), nullable=False),
        sa.Column("roster_id", sa.Uuid(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("offer_number", sa.Integer(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consortium_id"],
            ["consortia_consortium.id"],
            name=op.f("fk_outcomes_rule_version_consortium_id_consortia_consortium"),
        ),
        sa.ForeignKeyConstraint(
            ["roster_id"], ["outcomes_roster.id"], name=op.f("fk_outcomes_rule_version_roster_id_outcomes_roster")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes_rule_version")),
        sa.UniqueConstraint("digest", name=op.f("uq_outcomes_rule_version_digest")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_outcomes_rule_version_consortium_id"), "outcomes_rule_version", ["consortium_id"], unique=False
    )
    op.create_table(
        "outcomes_weight_version",
        sa.Column("roster_id", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("weights", VECTOR, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["roster_id"], ["outcomes_roster.id"], name=op.f("fk_outcomes_weight_version_roster_id_outcomes_roster")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes_weight_version")),
        sa.UniqueConstraint("digest", name=op.f("uq_outcomes_weight_version_digest")),
        sqlite_with_rowid=False,
    )


REFERENCES = {
    "reverses_id": "outcomes_split.id",
    "consortium_id": "consortia_consortium.id",
    "contract_id": "delivery_contract.id",
    "measure_id": "measures_measure.id",
    "place_gss": "reference_area.gss",
    "roster_id": "outcomes_roster.id",
    "rule_version_id": "outcomes_rule_version.id",
    "weight_version_id": "outcomes_weight_version.id",
    "posted_by_id": "identity_person.id",
}


def _make_ledger() -> None:
    op.create_table(
        "outcomes_split",
        sa.Column("book", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("consortium_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("quarter_starting", sa.Date(), nullable=False),
        sa.Column("place_gss", sa.String(), nullable=False),
        sa.Column("roster_id", sa.Uuid(), nullable=False),
        sa.Column("rule_version_id", sa.Uuid(), nullable=False),
        sa.Column("weight_version_id", sa.Uuid(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("amounts", VECTOR, nullable=False),
        sa.Column("outcomes", TEXTS, nullable=False),
        sa.Column("versions", VECTOR, nullable=False),
        sa.Column("quantities", VECTOR, nullable=False),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("posted_by_id", sa.Uuid(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_digest", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [target], name=op.f(f"fk_outcomes_split_{column}_{target.partition('.')[0]}")
            )
            for column, target in REFERENCES.items()
        ),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_outcomes_split_seq_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes_split")),
        sa.UniqueConstraint("book", "scope", "seq", name=op.f("uq_outcomes_split_book_scope_seq")),
        sa.UniqueConstraint("digest", name=op.f("uq_outcomes_split_digest")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_outcomes_split_reverses_id")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_outcomes_split_consortium_id"), "outcomes_split", ["consortium_id"], unique=False)
    op.create_table(
        "outcomes_live_claim",
        sa.Column("book", sa.String(), nullable=False),
        sa.Column("outcome_id", sa.String(), nullable=False),
        sa.Column("split_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["split_id"], ["outcomes_split.id"], name=op.f("fk_outcomes_live_claim_split_id_outcomes_split")
        ),
        sa.PrimaryKeyConstraint("book", "outcome_id", name=op.f("pk_outcomes_live_claim")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_outcomes_live_claim_split_id"), "outcomes_live_claim", ["split_id"], unique=False)


def downgrade() -> None:
    op.execute("DROP VIEW outcomes_posting")
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for function in FUNCTIONS:
            op.execute(f"DROP FUNCTION {function}")
