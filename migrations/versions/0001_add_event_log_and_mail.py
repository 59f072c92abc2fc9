"""Add event log and mail."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQLITE = """
CREATE TRIGGER core_entry_follows BEFORE INSERT ON core_entry
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM core_entry WHERE stream = NEW.stream)
  OR NEW.previous_hash <> coalesce(
    (SELECT hash FROM core_entry WHERE stream = NEW.stream ORDER BY seq DESC LIMIT 1), substr(hex(zeroblob(32)), 1, 64))
BEGIN SELECT RAISE(ABORT, 'core_entry: the entry does not follow the one before'); END;
--
CREATE TRIGGER core_entry_not_changed BEFORE UPDATE ON core_entry
BEGIN SELECT RAISE(ABORT, 'core_entry is append-only'); END;
--
CREATE TRIGGER core_entry_not_deleted BEFORE DELETE ON core_entry
BEGIN SELECT RAISE(ABORT, 'core_entry is append-only'); END;
"""

POSTGRESQL = """
CREATE FUNCTION core_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'core_entry is append-only' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM core_entry WHERE stream = NEW.stream)
    OR NEW.previous_hash <> coalesce(
      (SELECT hash FROM core_entry WHERE stream = NEW.stream ORDER BY seq DESC LIMIT 1), repeat('0', 64)) THEN
    RAISE EXCEPTION 'core_entry: the entry does not follow the one before'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--
CREATE TRIGGER core_entry_guard BEFORE INSERT OR UPDATE OR DELETE ON core_entry
FOR EACH ROW EXECUTE FUNCTION core_entry_guard();
--
CREATE TRIGGER core_entry_not_truncated BEFORE TRUNCATE ON core_entry
FOR EACH STATEMENT EXECUTE FUNCTION core_entry_guard();
"""


def upgrade() -> None:
    op.create_table(
        "core_entry",
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("actor_label", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("stream", "seq", name=op.f("pk_core_entry")),
        sa.UniqueConstraint("stream", "idempotency_key", name=op.f("uq_core_entry_stream_idempotency_key")),
    )
    op.create_table(
        "core_mail",
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_mail")),
    )
    op.create_index(op.f("ix_core_mail_written_at"), "core_mail", ["written_at"], unique=False)
    op.create_table(
        "core_stream",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("last_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_core_stream")),
    )
    # ### end Alembic commands ###
    statements = SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL
    for statement in statements.split("--\n"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("core_stream")
    op.drop_index(op.f("ix_core_mail_written_at"), table_name="core_mail")
    op.drop_table("core_mail")
    op.drop_table("core_entry")
    # ### end Alembic commands ###
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION core_entry_guard()")
