"""Add consortia."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consortia_consortium",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("category_code", sa.String(), nullable=True),
        sa.Column("area_gss", sa.String(), nullable=True),
        sa.Column("lead_organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "decision_rule",
            sa.Enum(
                "unanimity",
                "consent",
                "majority",
                "weighted",
                name="decisionrule",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("quorum_percent", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "forming",
                "pooling",
                "negotiating",
                "out_to_bid",
                "contract",
                "delivering",
                "closed",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("public_summary", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("formed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "quorum_percent BETWEEN 0 AND 100", name=op.f("ck_consortia_consortium_quorum_is_a_percentage")
        ),
        sa.ForeignKeyConstraint(
            ["area_gss"], ["reference_area.gss"], name=op.f("fk_consortia_consortium_area_gss_reference_area")
        ),
        sa.ForeignKeyConstraint(
            ["category_code"],
            ["reference_category.code"],
            name=op.f("fk_consortia_consortium_category_code_reference_category"),
        ),
        sa.ForeignKeyConstraint(
            ["lead_organisation_id"],
            ["identity_organisation.id"],
            name=op.f("fk_consortia_consortium_lead_organisation_id_identity_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consortia_consortium")),
    )
    op.create_table(
        "consortia_decision",
        sa.Column("consortium_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("stage_move", name="decisionkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("subject", sa.JSON(), nullable=False),
        sa.Column(
            "rule",
            sa.Enum(
                "unanimity",
                "consent",
                "majority",
                "weighted",
                name="decisionrule",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("quorum_percent", sa.Integer(), nullable=False),
        sa.Column("electorate", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "carried",
                "rejected",
                "withdrawn",
                name="decisionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("opened_by_id", sa.Uuid(), nullable=False),
        sa.Column("opened_for_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consortium_id"],
            ["consortia_consortium.id"],
            name=op.f("fk_consortia_decision_consortium_id_consortia_consortium"),
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["identity_person.id"], name=op.f("fk_consortia_decision_opened_by_id_identity_person")
        ),
        sa.ForeignKeyConstraint(
            ["opened_for_id"],
            ["identity_organisation.id"],
            name=op.f("fk_consortia_decision_opened_for_id_identity_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consortia_decision")),
    )
    op.create_index(op.f("ix_consortia_decision_consortium_id"), "consortia_decision", ["consortium_id"], unique=False)
    op.create_table(
        "consortia_join_agreement",
        sa.Column("consortium_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consortium_id"],
            ["consortia_consortium.id"],
            name=op.f("fk_consortia_join_agreement_consortium_id_consortia_consortium"),
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"],
            ["identity_person.id"],
            name=op.f("fk_consortia_join_agreement_written_by_id_identity_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consortia_join_agreement")),
        sa.UniqueConstraint("consortium_id", "number", name=op.f("uq_consortia_join_agreement_consortium_id_number")),
    )
    op.create_table(
        "consortia_milestone",
        sa.Column("consortium_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "pooling_closes",
                "negotiation_closes",
                "tender_published",
                "award",
                "contract_starts",
                "contract_ends",
                name="milestonekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consortium_id"],
            ["consortia_consortium.id"],
            name=op.f("fk_consortia_milestone_consortium_id_consortia_consortium"),
        ),
        sa.PrimaryKeyConstraint("consortium_id", "kind", name=op.f("pk_consortia_milestone")),
    )
    op.create_table(
        "consortia_participation",
        sa.Column("consortium_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "lead", "participating", name="participationrole", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "invited",
                "joined",
                "declined",
                "left",
                name="participationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("voting_weight", sa.BigInteger(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("voting_weight >= 0", name=op.f("ck_consortia_participation_weight_not_negative")),
        sa.ForeignKeyConstraint(
            ["consortium_id"],
            ["consortia_consortium.id"],
            name=op.f("fk_consortia_participation_consortium_id_consortia_consortium"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("fk_consortia_participation_organisation_id_identity_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consortia_participation")),
        sa.UniqueConstraint(
            "consortium_id", "organisation_id", name=op.f("uq_consortia_participation_consortium_id_organisation_id")
        ),
        sa.UniqueConstraint(
            "consortium_id", "position", name=op.f("uq_consortia_participation_consortium_id_position")
        ),
    )
    op.create_index(
        op.f("ix_consortia_participation_organisation_id"), "consortia_participation", ["organisation_id"], unique=False
    )
    op.create_table(
        "consortia_signature",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["consortia_join_agreement.id"],
            name=op.f("fk_consortia_signature_agreement_id_consortia_join_agreement"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("fk_consortia_signature_organisation_id_identity_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.id"], name=op.f("fk_consortia_signature_person_id_identity_person")
        ),
        sa.PrimaryKeyConstraint("agreement_id", "organisation_id", name=op.f("pk_consortia_signature")),
    )
    op.create_table(
        "consortia_vote",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum("agree", "object", "abstain", name="answer", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "answer <> 'object' OR length(reason) > 0", name=op.f("ck_consortia_vote_objection_has_reason")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["consortia_decision.id"], name=op.f("fk_consortia_vote_decision_id_consortia_decision")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("fk_consortia_vote_organisation_id_identity_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.id"], name=op.f("fk_consortia_vote_person_id_identity_person")
        ),
        sa.PrimaryKeyConstraint("decision_id", "organisation_id", name=op.f("pk_consortia_vote")),
    )
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_table("consortia_vote")
    op.drop_table("consortia_signature")
    op.drop_index(op.f("ix_consortia_participation_organisation_id"), table_name="consortia_participation")
    op.drop_table("consortia_participation")
    op.drop_table("consortia_milestone")
    op.drop_table("consortia_join_agreement")
    op.drop_index(op.f("ix_consortia_decision_consortium_id"), table_name="consortia_decision")
    op.drop_table("consortia_decision")
    op.drop_table("consortia_consortium")
    # ### end Alembic commands ###
