"""Add issued statements.

One row for each edition of a body's statement, with the document as it was issued. Rows are only ever added; editions
of a body and quarter are numbered without gaps, each names the digest of the one it replaces, and says why.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SQLITE = """
CREATE TRIGGER outcomes_statement_made BEFORE INSERT ON outcomes_statement
BEGIN
  SELECT RAISE(ABORT, 'outcomes_statement is append-only')
  WHERE EXISTS (SELECT 1 FROM outcomes_statement WHERE id = NEW.id OR digest = NEW.digest);
  SELECT RAISE(ABORT, 'outcomes_statement: the edition does not follow')
  WHERE NEW.edition <> 1 + (
    SELECT coalesce(max(edition), 0) FROM outcomes_statement
    WHERE consortium_id = NEW.consortium_id AND organisation_id = NEW.organisation_id AND until = NEW.until);
  SELECT RAISE(ABORT, 'outcomes_statement: it does not name the edition it replaces')
  WHERE NEW.previous_digest IS NOT (
    SELECT digest FROM outcomes_statement
    WHERE consortium_id = NEW.consortium_id AND organisation_id = NEW.organisation_id AND until = NEW.until
      AND edition = NEW.edition - 1);
  SELECT RAISE(ABORT, 'outcomes_statement: only a reissue has a reason, and each has one')
  WHERE (NEW.edition = 1) <> (trim(NEW.reason) = '');
  SELECT RAISE(ABORT, 'outcomes_statement: the digest or the signature is none')
  WHERE length(NEW.digest) <> 64 OR NEW.digest GLOB '*[^0-9a-f]*'
    OR length(NEW.signature) <> 128 OR NEW.signature GLOB '*[^0-9a-f]*';
END;
--
CREATE TRIGGER outcomes_statement_not_changed BEFORE UPDATE ON outcomes_statement
BEGIN SELECT RAISE(ABORT, 'outcomes_statement is append-only'); END;
--
CREATE TRIGGER outcomes_statement_not_deleted BEFORE DELETE ON outcomes_statement
BEGIN SELECT RAISE(ABORT, 'outcomes_statement is append-only'); END;
"""

POSTGRESQL = """
CREATE FUNCTION outcomes_statement_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before outcomes_statement;
BEGIN
  SELECT * INTO before FROM outcomes_statement
  WHERE consortium_id = NEW.consortium_id AND organisation_id = NEW.organisation_id AND until = NEW.until
  ORDER BY edition DESC LIMIT 1;
  PERFORM outcomes_require(
    NEW.edition = coalesce(before.edition, 0) + 1, 'outcomes_statement: the edition does not follow');
  PERFORM outcomes_require(
    NEW.previous_digest IS NOT DISTINCT FROM before.digest,
    'outcomes_statement: it does not name the edition it replaces');
  PERFORM outcomes_require(
    (NEW.edition = 1) = (trim(NEW.reason) = ''),
    'outcomes_statement: only a reissue has a reason, and each has one');
  PERFORM outcomes_require(
    NEW.digest ~ '^[0-9a-f]{64}$' AND NEW.signature ~ '^[0-9a-f]{128}$',
    'outcomes_statement: the digest or the signature is none');
  RETURN NEW;
END $$;
--
CREATE TRIGGER outcomes_statement_made BEFORE INSERT ON outcomes_statement
FOR EACH ROW EXECUTE FUNCTION outcomes_statement_guard();
--
CREATE TRIGGER outcomes_statement_kept BEFORE UPDATE OR DELETE ON outcomes_statement
FOR EACH ROW EXECUTE FUNCTION outcomes_kept();
--
CREATE TRIGGER outcomes_statement_not_truncated BEFORE TRUNCATE ON outcomes_statement
FOR EACH STATEMENT EXECUTE FUNCTION outcomes_kept();
"""


def upgrade() -> None:
    op.create_table(
        "outcomes_statement",
        sa.Column("consortium_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("previous_digest", sa.String(), nullable=True),
        sa.Column("rests_on", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("issued_by_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consortium_id"],
            ["consortia_consortium.id"],
            name=op.f("fk_outcomes_statement_consortium_id_consortia_consortium"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("fk_outcomes_statement_organisation_id_identity_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["identity_person.id"], name=op.f("fk_outcomes_statement_issued_by_id_identity_person")
        ),
        sa.CheckConstraint("edition >= 1", name=op.f("ck_outcomes_statement_edition_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes_statement")),
        sa.UniqueConstraint(
            "consortium_id",
            "organisation_id",
            "until",
            "edition",
            name=op.f("uq_outcomes_statement_edition"),
        ),
        sa.UniqueConstraint("digest", name=op.f("uq_outcomes_statement_digest")),
    )
    rules = SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL
    for statement in rules.split("--\n"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("outcomes_statement")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION outcomes_statement_guard()")
