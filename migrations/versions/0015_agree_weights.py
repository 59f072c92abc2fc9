"""Let the bodies agree weights: what they weigh by, from which quarter, from which source.

A recorded basis has a name and a unit; an item of the agenda is about one of them, and an offer on it holds a number
for each body. Going back forgets the weights that were offered and agreed; the splits that rest on them stay.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ITEM, OFFER, BASIS = "workspaces_agenda_item", "workspaces_offer", "workspaces_recorded_basis"
FOREIGN_KEY = f"fk_{ITEM}_basis_id_{BASIS}"
KINDS = ("kind IN ('target', 'allocation_rule')", "kind IN ('target', 'allocation_rule', 'weights')")
HAS_BASIS = ("weights_have_basis", "(kind = 'weights') = (basis_id IS NOT NULL)")
BEFORE = ("quantity_or_allocation", "(quantity IS NULL) <> (allocation IS NULL)")
AFTER = (
    "holds_one_thing",
    " + ".join(f"(CASE WHEN {it} IS NULL THEN 0 ELSE 1 END)" for it in ("quantity", "allocation", "weights")) + " = 1",
)


def upgrade() -> None:
    op.create_table(
        BASIS,
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces_workspace.id"],
            name=op.f("fk_workspaces_recorded_basis_workspace_id_workspaces_workspace"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces_recorded_basis")),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("uq_workspaces_recorded_basis_workspace_id_name")),
    )
    op.add_column(OFFER, sa.Column("weights", sa.Text(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"ALTER TABLE {ITEM} ADD COLUMN basis_id CHAR(32) CONSTRAINT {FOREIGN_KEY} REFERENCES {BASIS} (id)")
        _reword(ITEM, _check(ITEM, "itemkind", KINDS[0]), _kinds_and_basis())
        _reword(OFFER, _check(OFFER, *BEFORE), _check(OFFER, *AFTER))
        return
    op.add_column(ITEM, sa.Column("basis_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f(FOREIGN_KEY), ITEM, BASIS, ["basis_id"], ["id"])
    _check_again("itemkind", KINDS[1])
    op.create_check_constraint(op.f(f"ck_{ITEM}_{HAS_BASIS[0]}"), ITEM, HAS_BASIS[1])
    op.drop_constraint(op.f(f"ck_{OFFER}_{BEFORE[0]}"), OFFER)
    op.create_check_constraint(op.f(f"ck_{OFFER}_{AFTER[0]}"), OFFER, AFTER[1])


def downgrade() -> None:
    items = f"SELECT id FROM {ITEM} WHERE kind = 'weights'"
    offers = f"SELECT id FROM {OFFER} WHERE item_id IN ({items})"
    op.execute(f"DELETE FROM workspaces_position WHERE offer_id IN ({offers})")
    op.execute(f"DELETE FROM {OFFER} WHERE item_id IN ({items})")
    op.execute(f"DELETE FROM workspaces_comment WHERE item_id IN ({items})")
    op.execute(f"DELETE FROM {ITEM} WHERE kind = 'weights'")
    if op.get_bind().dialect.name == "sqlite":
        _reword(OFFER, _check(OFFER, *AFTER), _check(OFFER, *BEFORE))
        _reword(ITEM, _kinds_and_basis(), _check(ITEM, "itemkind", KINDS[0]))
        _reword(ITEM, f", basis_id CHAR(32) CONSTRAINT {FOREIGN_KEY} REFERENCES {BASIS} (id)", ", basis_id CHAR(32)")
    else:
        op.drop_constraint(op.f(f"ck_{OFFER}_{AFTER[0]}"), OFFER)
        op.create_check_constraint(op.f(f"ck_{OFFER}_{BEFORE[0]}"), OFFER, BEFORE[1])
        op.drop_constraint(op.f(f"ck_{ITEM}_{HAS_BASIS[0]}"), ITEM)
        op.drop_constraint(op.f(FOREIGN_KEY), ITEM)
        _check_again("itemkind", KINDS[0])
    op.drop_column(OFFER, "weights")
    op.drop_column(ITEM, "basis_id")
    op.drop_table(BASIS)


def _check(table: str, name: str, condition: str) -> str:
    """A condition as SQLite keeps it among the words of its table."""
    return f"CONSTRAINT ck_{table}_{name} CHECK ({condition})"


def _kinds_and_basis() -> str:
    return f"{_check(ITEM, 'itemkind', KINDS[1])}, {_check(ITEM, *HAS_BASIS)}"


def _check_again(name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{ITEM}_{name}"), ITEM)
    op.create_check_constraint(op.f(f"ck_{ITEM}_{name}"), ITEM, condition)


def _reword(table: str, before: str, after: str) -> None:
    """Change a condition in the table's own words, as 0014 does, because SQLite has no statement for it."""
    op.execute("PRAGMA writable_schema = ON")
    op.execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE name = :name").bindparams(
            before=before, after=after, name=table
        )
    )
    op.execute("PRAGMA writable_schema = RESET")
