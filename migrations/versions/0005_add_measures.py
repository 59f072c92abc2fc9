"""Add measures."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "measures_framework_version",
        sa.Column("framework", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("publisher", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=True),
        sa.Column("in_force_until", sa.Date(), nullable=True),
        sa.Column("confirmation", sa.Text(), nullable=False),
        sa.Column("level_names", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures_framework_version")),
        sa.UniqueConstraint("framework", "edition", name=op.f("uq_measures_framework_version_framework_edition")),
    )
    op.create_table(
        "measures_unit_value",
        sa.Column("framework", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("value_gbp", sa.Text().with_variant(sa.Numeric(24, 6), "postgresql"), nullable=True),
        sa.Column("price_year", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures_unit_value")),
        sa.UniqueConstraint("framework", "edition", "code", name=op.f("uq_measures_unit_value_framework_edition_code")),
    )
    op.create_table(
        "measures_model_rule",
        sa.Column("framework_version_id", sa.Uuid(), nullable=False),
        sa.Column("buyer_kinds", sa.JSON(), nullable=False),
        sa.Column("commenced_from", sa.Date(), nullable=True),
        sa.Column("commenced_until", sa.Date(), nullable=True),
        sa.Column("value_from_pence", sa.BigInteger(), nullable=True),
        sa.Column("value_below_pence", sa.BigInteger(), nullable=True),
        sa.Column("effect", sa.String(), nullable=False),
        sa.Column("weight_percent", sa.Integer(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["framework_version_id"],
            ["measures_framework_version.id"],
            name=op.f("fk_measures_model_rule_framework_version_id_measures_framework_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures_model_rule")),
    )
    op.create_index(
        op.f("ix_measures_model_rule_framework_version_id"),
        "measures_model_rule",
        ["framework_version_id"],
        unique=False,
    )
    op.create_table(
        "measures_theme",
        sa.Column("framework_version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["framework_version_id"],
            ["measures_framework_version.id"],
            name=op.f("fk_measures_theme_framework_version_id_measures_framework_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures_theme")),
    )
    op.create_index(
        op.f("ix_measures_theme_framework_version_id"), "measures_theme", ["framework_version_id"], unique=False
    )
    op.create_table(
        "measures_outcome",
        sa.Column("theme_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["measures_theme.id"], name=op.f("fk_measures_outcome_theme_id_measures_theme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures_outcome")),
    )
    op.create_index(op.f("ix_measures_outcome_theme_id"), "measures_outcome", ["theme_id"], unique=False)
    op.create_table(
        "measures_criterion",
        sa.Column("outcome_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["measures_outcome.id"], name=op.f("fk_measures_criterion_outcome_id_measures_outcome")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures_criterion")),
    )
    op.create_index(op.f("ix_measures_criterion_outcome_id"), "measures_criterion", ["outcome_id"], unique=False)
    op.create_table(
        "measures_measure",
        sa.Column("framework_version_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("outcome_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("reporting", "custom", name="measurekind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("decimals", sa.Integer(), nullable=False),
        sa.Column("counts", sa.String(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=True),
        sa.Column("in_force_until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'custom') = (owner_id IS NOT NULL)", name=op.f("ck_measures_measure_custom_has_owner")
        ),
        sa.CheckConstraint("decimals BETWEEN 0 AND 6", name=op.f("ck_measures_measure_decimals_in_range")),
        sa.ForeignKeyConstraint(
            ["framework_version_id"],
            ["measures_framework_version.id"],
            name=op.f("fk_measures_measure_framework_version_id_measures_framework_version"),
        ),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["measures_outcome.id"], name=op.f("fk_measures_measure_outcome_id_measures_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["identity_organisation.id"], name=op.f("fk_measures_measure_owner_id_identity_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures_measure")),
        sa.UniqueConstraint("framework_version_id", "code", name=op.f("uq_measures_measure_framework_version_id_code")),
        sa.UniqueConstraint("owner_id", "code", name=op.f("uq_measures_measure_owner_id_code")),
    )
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_table("measures_measure")
    op.drop_index(op.f("ix_measures_criterion_outcome_id"), table_name="measures_criterion")
    op.drop_table("measures_criterion")
    op.drop_index(op.f("ix_measures_outcome_theme_id"), table_name="measures_outcome")
    op.drop_table("measures_outcome")
    op.drop_index(op.f("ix_measures_theme_framework_version_id"), table_name="measures_theme")
    op.drop_table("measures_theme")
    op.drop_index(op.f("ix_measures_model_rule_framework_version_id"), table_name="measures_model_rule")
    op.drop_table("measures_model_rule")
    op.drop_table("measures_unit_value")
    op.drop_table("measures_framework_version")
    # ### end Alembic commands ###
