"""Add reference areas and categories."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reference_area",
        sa.Column("gss", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("official_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("nation", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("county", sa.String(), nullable=False),
        sa.Column("combined_authority", sa.String(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("population_year", sa.Integer(), nullable=True),
        sa.Column("deprivation_score", sa.Text().with_variant(sa.Numeric(24, 6), "postgresql"), nullable=True),
        sa.Column("deprivation_decile", sa.Integer(), nullable=True),
        sa.Column("searchable", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("gss", name=op.f("pk_reference_area")),
    )
    op.create_index(op.f("ix_reference_area_name"), "reference_area", ["name"], unique=False)
    op.create_table(
        "reference_category",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("parent_code", sa.String(), nullable=True),
        sa.Column("searchable", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_code"],
            ["reference_category.code"],
            name=op.f("fk_reference_category_parent_code_reference_category"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_reference_category")),
    )
    op.create_index(op.f("ix_reference_category_parent_code"), "reference_category", ["parent_code"], unique=False)
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_index(op.f("ix_reference_category_parent_code"), table_name="reference_category")
    op.drop_table("reference_category")
    op.drop_index(op.f("ix_reference_area_name"), table_name="reference_area")
    op.drop_table("reference_area")
    # ### end Alembic commands ###
