"""Add organisations and people."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identity_person",
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("second_factor_secret", sa.String(), nullable=True),
        sa.Column("second_factor_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_factor_last_step", sa.Integer(), nullable=False),
        sa.Column("failed_sign_ins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_identity_person_email_lower_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_person")),
        sa.UniqueConstraint("email", name=op.f("uq_identity_person_email")),
    )
    op.create_table(
        "identity_organisation",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "public_body",
                "supplier",
                "vcfse",
                "bid_body",
                name="organisationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "public_body_kind",
            sa.Enum(
                "local_authority",
                "nhs_body",
                "university",
                "school_trust",
                "housing_association",
                "central_government",
                "police_or_fire",
                "other",
                name="publicbodykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("area_gss", sa.String(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'public_body') = (public_body_kind IS NOT NULL)",
            name=op.f("ck_identity_organisation_kind_of_public_body"),
        ),
        sa.ForeignKeyConstraint(
            ["area_gss"], ["reference_area.gss"], name=op.f("fk_identity_organisation_area_gss_reference_area")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_organisation")),
    )
    op.create_index(op.f("ix_identity_organisation_name"), "identity_organisation", ["name"], unique=False)
    op.create_table(
        "identity_recovery_code",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.id"], name=op.f("fk_identity_recovery_code_person_id_identity_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_recovery_code")),
    )
    op.create_index(op.f("ix_identity_recovery_code_person_id"), "identity_recovery_code", ["person_id"], unique=False)
    op.create_table(
        "identity_identifier",
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("fk_identity_identifier_organisation_id_identity_organisation"),
        ),
        sa.PrimaryKeyConstraint("scheme", "value", name=op.f("pk_identity_identifier")),
    )
    op.create_index(
        op.f("ix_identity_identifier_organisation_id"), "identity_identifier", ["organisation_id"], unique=False
    )
    op.create_table(
        "identity_membership",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("fk_identity_membership_organisation_id_identity_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.id"], name=op.f("fk_identity_membership_person_id_identity_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_membership")),
        sa.UniqueConstraint(
            "person_id", "organisation_id", name=op.f("uq_identity_membership_person_id_organisation_id")
        ),
    )
    op.create_index(
        op.f("ix_identity_membership_organisation_id"), "identity_membership", ["organisation_id"], unique=False
    )
    op.create_table(
        "identity_sign_in",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("with_second_factor", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("fk_identity_sign_in_organisation_id_identity_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.id"], name=op.f("fk_identity_sign_in_person_id_identity_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_identity_sign_in_token_hash")),
    )
    op.create_index(op.f("ix_identity_sign_in_person_id"), "identity_sign_in", ["person_id"], unique=False)
    op.create_table(
        "identity_single_use_link",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "invitation", "password_reset", name="linkpurpose", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("invited_by_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invited_by_id"],
            ["identity_person.id"],
            name=op.f("fk_identity_single_use_link_invited_by_id_identity_person"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("fk_identity_single_use_link_organisation_id_identity_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_single_use_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_identity_single_use_link_token_hash")),
    )
    op.create_index(op.f("ix_identity_single_use_link_email"), "identity_single_use_link", ["email"], unique=False)
    op.create_index(
        op.f("ix_identity_single_use_link_organisation_id"),
        "identity_single_use_link",
        ["organisation_id"],
        unique=False,
    )
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_index(op.f("ix_identity_single_use_link_organisation_id"), table_name="identity_single_use_link")
    op.drop_index(op.f("ix_identity_single_use_link_email"), table_name="identity_single_use_link")
    op.drop_table("identity_single_use_link")
    op.drop_index(op.f("ix_identity_sign_in_person_id"), table_name="identity_sign_in")
    op.drop_table("identity_sign_in")
    op.drop_index(op.f("ix_identity_membership_organisation_id"), table_name="identity_membership")
    op.drop_table("identity_membership")
    op.drop_index(op.f("ix_identity_identifier_organisation_id"), table_name="identity_identifier")
    op.drop_table("identity_identifier")
    op.drop_index(op.f("ix_identity_recovery_code_person_id"), table_name="identity_recovery_code")
    op.drop_table("identity_recovery_code")
    op.drop_index(op.f("ix_identity_organisation_name"), table_name="identity_organisation")
    op.drop_table("identity_organisation")
    op.drop_table("identity_person")
    # ### end Alembic commands ###
