"""Add claims that were refused because another record holds the person or thing, and what happened to each.

Rows of both tables are only ever added.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = {"delivery_clash": "id = NEW.id", "delivery_clash_step": "clash_id = NEW.clash_id AND number = NEW.number"}

SQLITE = """
CREATE TRIGGER {table}_not_replaced BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {key})
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
--
CREATE TRIGGER {table}_not_changed BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
--
CREATE TRIGGER {table}_not_deleted BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""

POSTGRESQL = """
CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION delivery_clash_kept();
--
CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION delivery_clash_kept();
"""

GUARD = """
CREATE FUNCTION delivery_clash_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$
"""


def upgrade() -> None:
    _make_clash()
    _make_step()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        op.execute(GUARD)
    for table, key in TABLES.items():
        for statement in (SQLITE if is_sqlite else POSTGRESQL).split("--\n"):
            op.execute(statement.format(table=table, key=key))


def _make_clash() -> None:
    op.create_table(
        "delivery_clash",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("held_contract_id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("quarter_starting", sa.Date(), nullable=False),
        sa.Column("subject_kind", _one_of("subjectkind", "beneficiary", "asset"), nullable=False),
        sa.Column("subject_key", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _refers("delivery_clash", "contract_id", "delivery_contract"),
        _refers("delivery_clash", "organisation_id", "identity_organisation"),
        _refers("delivery_clash", "held_contract_id", "delivery_contract"),
        _refers("delivery_clash", "measure_id", "measures_measure"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_clash")),
        sa.UniqueConstraint(
            "contract_id",
            "organisation_id",
            "held_contract_id",
            "measure_id",
            "quarter_starting",
            "subject_key",
            name=op.f("uq_delivery_clash_of_two_sides"),
        ),
    )
    op.create_index(op.f("ix_delivery_clash_organisation_id"), "delivery_clash", ["organisation_id"])
    op.create_index(
        op.f("ix_delivery_clash_over"),
        "delivery_clash",
        ["held_contract_id", "measure_id", "quarter_starting", "subject_key"],
    )


def _make_step() -> None:
    op.create_table(
        "delivery_clash_step",
        sa.Column("clash_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", _one_of("clashstepkind", "refused", "asked", "kept", "freed"), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_delivery_clash_step_number_from_one")),
        sa.CheckConstraint(
            "kind NOT IN ('asked', 'kept') OR grounds <> ''", name=op.f("ck_delivery_clash_step_has_grounds")
        ),
        _refers("delivery_clash_step", "clash_id", "delivery_clash"),
        _refers("delivery_clash_step", "record_id", "delivery_outcome_record"),
        _refers("delivery_clash_step", "organisation_id", "identity_organisation"),
        _refers("delivery_clash_step", "person_id", "identity_person"),
        sa.PrimaryKeyConstraint("clash_id", "number", name=op.f("pk_delivery_clash_step")),
    )
    op.create_index(op.f("ix_delivery_clash_step_by"), "delivery_clash_step", ["organisation_id", "at"])


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def downgrade() -> None:
    op.drop_table("delivery_clash_step")
    op.drop_table("delivery_clash")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION delivery_clash_kept()")
