"""Let a place have several areas.

The one area of a consortium becomes the first row of its place. Going back keeps the area with the lowest code of
each place and forgets the others.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

FOREIGN_KEY = "fk_consortia_consortium_area_gss_reference_area"


def upgrade() -> None:
    op.create_table(
        "consortia_place",
        sa.Column("consortium_id", sa.Uuid(), nullable=False),
        sa.Column("area_gss", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consortium_id"],
            ["consortia_consortium.id"],
            name=op.f("fk_consortia_place_consortium_id_consortia_consortium"),
        ),
        sa.ForeignKeyConstraint(
            ["area_gss"], ["reference_area.gss"], name=op.f("fk_consortia_place_area_gss_reference_area")
        ),
        sa.PrimaryKeyConstraint("consortium_id", "area_gss", name=op.f("pk_consortia_place")),
    )
    op.execute(
        "INSERT INTO consortia_place (consortium_id, area_gss) "
        "SELECT id, area_gss FROM consortia_consortium WHERE area_gss IS NOT NULL"
    )
    if op.get_bind().dialect.name == "sqlite":
        _forget_foreign_key()
    op.drop_column("consortia_consortium", "area_gss")


def _forget_foreign_key() -> None:
    """Take the key out of the table's own words, as SQLite has no statement for it.

    Making the table anew would drop the old one, which the rows that refer to it forbid. See "Making Other Kinds Of
    Table Schema Changes" in SQLite's page on ALTER TABLE.
    """
    words = f"CONSTRAINT {FOREIGN_KEY} FOREIGN KEY(area_gss) REFERENCES reference_area (gss), "
    op.execute("PRAGMA writable_schema = ON")
    op.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :words, '') WHERE name = 'consortia_consortium'"
        ).bindparams(words=words)
    )
    op.execute("PRAGMA writable_schema = RESET")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "ALTER TABLE consortia_consortium "
            f"ADD COLUMN area_gss VARCHAR CONSTRAINT {FOREIGN_KEY} REFERENCES reference_area (gss)"
        )
    else:
        op.add_column("consortia_consortium", sa.Column("area_gss", sa.String(), nullable=True))
        op.create_foreign_key(FOREIGN_KEY, "consortia_consortium", "reference_area", ["area_gss"], ["gss"])
    op.execute(
        "UPDATE consortia_consortium SET area_gss = "
        "(SELECT min(area_gss) FROM consortia_place WHERE consortium_id = consortia_consortium.id)"
    )
    op.drop_table("consortia_place")
