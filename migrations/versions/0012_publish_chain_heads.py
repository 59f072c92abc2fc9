"""Add the published heads of the ledger's chains.

One row for each day on which they were published: the chains that had grown, each with its newest digest, and a digest
chained to the day before. Rows are only ever added, in the order of days.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SQLITE = """
CREATE TRIGGER outcomes_chain_head_made BEFORE INSERT ON outcomes_chain_head
BEGIN
  SELECT RAISE(ABORT, 'outcomes_chain_head is append-only')
  WHERE EXISTS (SELECT 1 FROM outcomes_chain_head WHERE id = NEW.id OR digest = NEW.digest OR day = NEW.day);
  SELECT RAISE(ABORT, 'outcomes_chain_head: the day does not follow')
  WHERE EXISTS (SELECT 1 FROM outcomes_chain_head WHERE day >= NEW.day);
  SELECT RAISE(ABORT, 'outcomes_chain_head: the digest is not chained to the day before')
  WHERE NEW.digest GLOB '*[^0-9a-f]*' OR length(NEW.digest) <> 64 OR NEW.previous_digest IS NOT coalesce(
    (SELECT digest FROM outcomes_chain_head ORDER BY day DESC LIMIT 1), substr(hex(zeroblob(32)), 1, 64));
END;
--
CREATE TRIGGER outcomes_chain_head_not_changed BEFORE UPDATE ON outcomes_chain_head
BEGIN SELECT RAISE(ABORT, 'outcomes_chain_head is append-only'); END;
--
CREATE TRIGGER outcomes_chain_head_not_deleted BEFORE DELETE ON outcomes_chain_head
BEGIN SELECT RAISE(ABORT, 'outcomes_chain_head is append-only'); END;
"""

POSTGRESQL = """
CREATE FUNCTION outcomes_chain_head_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM outcomes_require(
    NOT EXISTS (SELECT 1 FROM outcomes_chain_head WHERE day >= NEW.day),
    'outcomes_chain_head: the day does not follow');
  PERFORM outcomes_require(
    NEW.digest ~ '^[0-9a-f]{64}$' AND NEW.previous_digest = coalesce(
      (SELECT digest FROM outcomes_chain_head ORDER BY day DESC LIMIT 1), repeat('0', 64)),
    'outcomes_chain_head: the digest is not chained to the day before');
  RETURN NEW;
END $$;
--
CREATE TRIGGER outcomes_chain_head_made BEFORE INSERT ON outcomes_chain_head
FOR EACH ROW EXECUTE FUNCTION outcomes_chain_head_guard();
--
CREATE TRIGGER outcomes_chain_head_kept BEFORE UPDATE OR DELETE ON outcomes_chain_head
FOR EACH ROW EXECUTE FUNCTION outcomes_kept();
--
CREATE TRIGGER outcomes_chain_head_not_truncated BEFORE TRUNCATE ON outcomes_chain_head
FOR EACH STATEMENT EXECUTE FUNCTION outcomes_kept();
"""


def upgrade() -> None:
    op.create_table(
        "outcomes_chain_head",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("chains", sa.Integer(), nullable=False),
        sa.Column("heads", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_digest", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes_chain_head")),
        sa.UniqueConstraint("day", name=op.f("uq_outcomes_chain_head_day")),
        sa.UniqueConstraint("digest", name=op.f("uq_outcomes_chain_head_digest")),
        sa.UniqueConstraint("previous_digest", name=op.f("uq_outcomes_chain_head_previous_digest")),
    )
    for statement in (SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL).split("--\n"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("outcomes_chain_head")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION outcomes_chain_head_guard()")
