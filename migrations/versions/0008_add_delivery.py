"""Add delivery."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivery_evidence_content",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_delivery_evidence_content")),
    )
    op.create_table(
        "delivery_contract",
        sa.Column("consortium_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("price_pence", sa.BigInteger(), nullable=False),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_delivery_contract_term_in_order")),
        sa.CheckConstraint("price_pence > 0", name=op.f("ck_delivery_contract_price_above_zero")),
        sa.ForeignKeyConstraint(
            ["consortium_id"],
            ["consortia_consortium.id"],
            name=op.f("fk_delivery_contract_consortium_id_consortia_consortium"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["identity_person.id"], name=op.f("fk_delivery_contract_recorded_by_id_identity_person")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"],
            ["identity_organisation.id"],
            name=op.f("fk_delivery_contract_supplier_id_identity_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_contract")),
    )
    op.create_index(op.f("ix_delivery_contract_consortium_id"), "delivery_contract", ["consortium_id"], unique=False)
    op.create_table(
        "delivery_commitment",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_delivery_commitment_quantity_above_zero")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["delivery_contract.id"], name=op.f("fk_delivery_commitment_contract_id_delivery_contract")
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measures_measure.id"], name=op.f("fk_delivery_commitment_measure_id_measures_measure")
        ),
        sa.PrimaryKeyConstraint("contract_id", "measure_id", name=op.f("pk_delivery_commitment")),
    )
    op.create_table(
        "delivery_outcome_record",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("quarter_starting", sa.Date(), nullable=False),
        sa.Column("place_gss", sa.String(), nullable=False),
        sa.Column(
            "subject_kind",
            sa.Enum("beneficiary", "asset", name="subjectkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("subject_key", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "reported",
                "verified",
                "returned",
                "corrected",
                name="verificationstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reported_by_id", sa.Uuid(), nullable=False),
        sa.Column("reported_for_id", sa.Uuid(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by_id", sa.Uuid(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status IN ('reported', 'corrected') OR checked_by_id IS NOT NULL",
            name=op.f("ck_delivery_outcome_record_check_has_a_person"),
        ),
        sa.CheckConstraint(
            "checked_by_id <> reported_by_id", name=op.f("ck_delivery_outcome_record_second_person_checks")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_delivery_outcome_record_quantity_above_zero")),
        sa.ForeignKeyConstraint(
            ["checked_by_id"],
            ["identity_person.id"],
            name=op.f("fk_delivery_outcome_record_checked_by_id_identity_person"),
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["delivery_contract.id"],
            name=op.f("fk_delivery_outcome_record_contract_id_delivery_contract"),
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"],
            ["delivery_outcome_record.id"],
            name=op.f("fk_delivery_outcome_record_corrects_id_delivery_outcome_record"),
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measures_measure.id"], name=op.f("fk_delivery_outcome_record_measure_id_measures_measure")
        ),
        sa.ForeignKeyConstraint(
            ["place_gss"], ["reference_area.gss"], name=op.f("fk_delivery_outcome_record_place_gss_reference_area")
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_id"],
            ["identity_person.id"],
            name=op.f("fk_delivery_outcome_record_reported_by_id_identity_person"),
        ),
        sa.ForeignKeyConstraint(
            ["reported_for_id"],
            ["identity_organisation.id"],
            name=op.f("fk_delivery_outcome_record_reported_for_id_identity_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_outcome_record")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_delivery_outcome_record_corrects_id")),
    )
    op.create_index(
        op.f("ix_delivery_outcome_record_contract_id"), "delivery_outcome_record", ["contract_id"], unique=False
    )
    op.create_index(
        "uq_delivery_outcome_record_claimed_once",
        "delivery_outcome_record",
        ["measure_id", "quarter_starting", "subject_key"],
        unique=True,
        sqlite_where=sa.text("status IN ('reported', 'verified')"),
        postgresql_where=sa.text("status IN ('reported', 'verified')"),
    )
    op.create_table(
        "delivery_evidence_item",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["identity_person.id"], name=op.f("fk_delivery_evidence_item_added_by_id_identity_person")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["delivery_outcome_record.id"],
            name=op.f("fk_delivery_evidence_item_record_id_delivery_outcome_record"),
        ),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["delivery_evidence_content.sha256"],
            name=op.f("fk_delivery_evidence_item_sha256_delivery_evidence_content"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_evidence_item")),
    )
    op.create_index(op.f("ix_delivery_evidence_item_record_id"), "delivery_evidence_item", ["record_id"], unique=False)
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_index(op.f("ix_delivery_evidence_item_record_id"), table_name="delivery_evidence_item")
    op.drop_table("delivery_evidence_item")
    op.drop_index(
        "uq_delivery_outcome_record_claimed_once",
        table_name="delivery_outcome_record",
        sqlite_where=sa.text("status IN ('reported', 'verified')"),
        postgresql_where=sa.text("status IN ('reported', 'verified')"),
    )
    op.drop_index(op.f("ix_delivery_outcome_record_contract_id"), table_name="delivery_outcome_record")
    op.drop_table("delivery_outcome_record")
    op.drop_table("delivery_commitment")
    op.drop_index(op.f("ix_delivery_contract_consortium_id"), table_name="delivery_contract")
    op.drop_table("delivery_contract")
    op.drop_table("delivery_evidence_content")
    # ### end Alembic commands ###
