"""Add pooling."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pooling_spend_supplier",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merged_into_id"],
            ["pooling_spend_supplier.id"],
            name=op.f("fk_pooling_spend_supplier_merged_into_id_pooling_spend_supplier"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pooling_spend_supplier")),
        sa.UniqueConstraint("key", name=op.f("uq_pooling_spend_supplier_key")),
    )
    op.create_table(
        "pooling_spelling",
        sa.Column("beneficiary", sa.String(), nullable=False),
        sa.Column("company_number", sa.String(), nullable=False),
        sa.Column("charity_number", sa.String(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("confidence_percent", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"],
            ["pooling_spend_supplier.id"],
            name=op.f("fk_pooling_spelling_supplier_id_pooling_spend_supplier"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pooling_spelling")),
        sa.UniqueConstraint(
            "beneficiary",
            "company_number",
            "charity_number",
            name=op.f("uq_pooling_spelling_beneficiary_company_number_charity_number"),
        ),
    )
    op.create_index(op.f("ix_pooling_spelling_supplier_id"), "pooling_spelling", ["supplier_id"], unique=False)
    op.create_table(
        "pooling_spend_file",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_set_aside", sa.Integer(), nullable=False),
        sa.Column("imported_by_id", sa.Uuid(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["imported_by_id"],
            ["identity_person.id"],
            name=op.f("fk_pooling_spend_file_imported_by_id_identity_person"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("fk_pooling_spend_file_organisation_id_identity_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pooling_spend_file")),
        sa.UniqueConstraint("organisation_id", "digest", name=op.f("uq_pooling_spend_file_organisation_id_digest")),
    )
    op.create_table(
        "pooling_budget_contribution",
        sa.Column("consortium_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("financial_year", sa.Integer(), nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column(
            "commitment_level",
            sa.Enum(
                "indicative",
                "committed",
                "guaranteed_minimum",
                name="commitmentlevel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column(
            "approval",
            sa.Enum(
                "not_needed",
                "awaited",
                "approved",
                "refused",
                name="approvalstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("entered_by_id", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "approval IN ('not_needed', 'awaited') OR approved_by_id IS NOT NULL",
            name=op.f("ck_pooling_budget_contribution_approval_has_a_person"),
        ),
        sa.CheckConstraint("amount_pence > 0", name=op.f("ck_pooling_budget_contribution_amount_above_zero")),
        sa.CheckConstraint(
            "approved_by_id <> entered_by_id", name=op.f("ck_pooling_budget_contribution_second_person_approves")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"],
            ["identity_person.id"],
            name=op.f("fk_pooling_budget_contribution_approved_by_id_identity_person"),
        ),
        sa.ForeignKeyConstraint(
            ["consortium_id"],
            ["consortia_consortium.id"],
            name=op.f("fk_pooling_budget_contribution_consortium_id_consortia_consortium"),
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"],
            ["identity_person.id"],
            name=op.f("fk_pooling_budget_contribution_entered_by_id_identity_person"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("fk_pooling_budget_contribution_organisation_id_identity_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pooling_budget_contribution")),
    )
    op.create_index(
        op.f("ix_pooling_budget_contribution_consortium_id"),
        "pooling_budget_contribution",
        ["consortium_id"],
        unique=False,
    )
    op.create_table(
        "pooling_payment",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("spelling_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["pooling_spend_file.id"], name=op.f("fk_pooling_payment_file_id_pooling_spend_file")
        ),
        sa.ForeignKeyConstraint(
            ["spelling_id"], ["pooling_spelling.id"], name=op.f("fk_pooling_payment_spelling_id_pooling_spelling")
        ),
        sa.PrimaryKeyConstraint("file_id", "row", name=op.f("pk_pooling_payment")),
    )
    op.create_index(op.f("ix_pooling_payment_spelling_id"), "pooling_payment", ["spelling_id"], unique=False)
    op.create_table(
        "pooling_requirement_line",
        sa.Column("consortium_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("category_code", sa.String(), nullable=False),
        sa.Column("quantity", sa.Text().with_variant(sa.Numeric(24, 6), "postgresql"), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("place_gss", sa.String(), nullable=False),
        sa.Column("needed_from", sa.Date(), nullable=False),
        sa.Column("needed_until", sa.Date(), nullable=False),
        sa.Column("entered_by_id", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("needed_until >= needed_from", name=op.f("ck_pooling_requirement_line_dates_in_order")),
        sa.ForeignKeyConstraint(
            ["category_code"],
            ["reference_category.code"],
            name=op.f("fk_pooling_requirement_line_category_code_reference_category"),
        ),
        sa.ForeignKeyConstraint(
            ["consortium_id"],
            ["consortia_consortium.id"],
            name=op.f("fk_pooling_requirement_line_consortium_id_consortia_consortium"),
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"],
            ["identity_person.id"],
            name=op.f("fk_pooling_requirement_line_entered_by_id_identity_person"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("fk_pooling_requirement_line_organisation_id_identity_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["place_gss"], ["reference_area.gss"], name=op.f("fk_pooling_requirement_line_place_gss_reference_area")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pooling_requirement_line")),
    )
    op.create_index(
        op.f("ix_pooling_requirement_line_consortium_id"), "pooling_requirement_line", ["consortium_id"], unique=False
    )
    op.create_table(
        "pooling_set_aside_row",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["pooling_spend_file.id"], name=op.f("fk_pooling_set_aside_row_file_id_pooling_spend_file")
        ),
        sa.PrimaryKeyConstraint("file_id", "row", name=op.f("pk_pooling_set_aside_row")),
    )
    op.create_table(
        "pooling_upload",
        sa.Column("consortium_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("requirements", "budget", name="uploadkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "checked", "stored", "dropped", name="uploadstate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consortium_id"],
            ["consortia_consortium.id"],
            name=op.f("fk_pooling_upload_consortium_id_consortia_consortium"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("fk_pooling_upload_organisation_id_identity_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.id"], name=op.f("fk_pooling_upload_person_id_identity_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pooling_upload")),
    )
    op.create_index(op.f("ix_pooling_upload_consortium_id"), "pooling_upload", ["consortium_id"], unique=False)
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_index(op.f("ix_pooling_upload_consortium_id"), table_name="pooling_upload")
    op.drop_table("pooling_upload")
    op.drop_table("pooling_set_aside_row")
    op.drop_index(op.f("ix_pooling_requirement_line_consortium_id"), table_name="pooling_requirement_line")
    op.drop_table("pooling_requirement_line")
    op.drop_index(op.f("ix_pooling_payment_spelling_id"), table_name="pooling_payment")
    op.drop_table("pooling_payment")
    op.drop_index(op.f("ix_pooling_budget_contribution_consortium_id"), table_name="pooling_budget_contribution")
    op.drop_table("pooling_budget_contribution")
    op.drop_table("pooling_spend_file")
    op.drop_index(op.f("ix_pooling_spelling_supplier_id"), table_name="pooling_spelling")
    op.drop_table("pooling_spelling")
    op.drop_table("pooling_spend_supplier")
    # ### end Alembic commands ###
