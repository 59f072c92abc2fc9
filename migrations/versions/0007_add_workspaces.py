"""Add workspaces."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workspaces_workspace",
        sa.Column("consortium_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consortium_id"],
            ["consortia_consortium.id"],
            name=op.f("fk_workspaces_workspace_consortium_id_consortia_consortium"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces_workspace")),
        sa.UniqueConstraint("consortium_id", name=op.f("uq_workspaces_workspace_consortium_id")),
    )
    op.create_table(
        "workspaces_agenda_item",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("target", "allocation_rule", name="itemkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("measure_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("open", "agreed", "parked", name="itemstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("current_number", sa.Integer(), nullable=False),
        sa.Column("agreed_number", sa.Integer(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "agreed_rule",
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
        sa.Column("agreed_record", sa.JSON(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'target') = (measure_id IS NOT NULL)", name=op.f("ck_workspaces_agenda_item_target_has_measure")
        ),
        sa.CheckConstraint(
            "(state = 'agreed') = (agreed_number IS NOT NULL)", name=op.f("ck_workspaces_agenda_item_agreed_has_offer")
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measures_measure.id"], name=op.f("fk_workspaces_agenda_item_measure_id_measures_measure")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces_workspace.id"],
            name=op.f("fk_workspaces_agenda_item_workspace_id_workspaces_workspace"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces_agenda_item")),
        sa.UniqueConstraint("workspace_id", "position", name=op.f("uq_workspaces_agenda_item_workspace_id_position")),
    )
    op.create_table(
        "workspaces_comment",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["workspaces_agenda_item.id"],
            name=op.f("fk_workspaces_comment_item_id_workspaces_agenda_item"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("fk_workspaces_comment_organisation_id_identity_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.id"], name=op.f("fk_workspaces_comment_person_id_identity_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces_comment")),
    )
    op.create_index(op.f("ix_workspaces_comment_item_id"), "workspaces_comment", ["item_id"], unique=False)
    op.create_table(
        "workspaces_offer",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("allocation", sa.String(), nullable=True),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(quantity IS NULL) <> (allocation IS NULL)", name=op.f("ck_workspaces_offer_quantity_or_allocation")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_workspaces_offer_quantity_above_zero")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["workspaces_agenda_item.id"], name=op.f("fk_workspaces_offer_item_id_workspaces_agenda_item")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("fk_workspaces_offer_organisation_id_identity_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.id"], name=op.f("fk_workspaces_offer_person_id_identity_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces_offer")),
        sa.UniqueConstraint("item_id", "number", name=op.f("uq_workspaces_offer_item_id_number")),
    )
    op.create_table(
        "workspaces_position",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum("agree", "object", "abstain", name="answer", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "answer <> 'object' OR length(reason) > 0", name=op.f("ck_workspaces_position_objection_has_reason")
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["workspaces_offer.id"], name=op.f("fk_workspaces_position_offer_id_workspaces_offer")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("fk_workspaces_position_organisation_id_identity_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.id"], name=op.f("fk_workspaces_position_person_id_identity_person")
        ),
        sa.PrimaryKeyConstraint("offer_id", "organisation_id", name=op.f("pk_workspaces_position")),
    )
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_table("workspaces_position")
    op.drop_table("workspaces_offer")
    op.drop_index(op.f("ix_workspaces_comment_item_id"), table_name="workspaces_comment")
    op.drop_table("workspaces_comment")
    op.drop_table("workspaces_agenda_item")
    op.drop_table("workspaces_workspace")
    # ### end Alembic commands ###
