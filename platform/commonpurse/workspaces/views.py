"""Pages of the room. Each act is a plain form; the live channel sends the same forms."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from uuid import UUID, uuid4

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from msgspec import Struct

from commonpurse.calc.sentence import Sentence
from commonpurse.core.errors import Refused, Stale
from commonpurse.core.tabular import write_csv, write_xlsx
from commonpurse.core.transaction import reading, transaction
from commonpurse.pooling.queries import common_suppliers
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.fields import Choice
from commonpurse.web.form import Form, say
from commonpurse.web.limits import EXPENSIVE, limited
from commonpurse.web.pages import LONDON, say_date, say_month
from commonpurse.workspaces import commands, queries
from commonpurse.workspaces.forms import (
    COLUMNS,
    ActForm,
    AddItemForm,
    CommentForm,
    Fault,
    PositionForm,
    WeightsFileForm,
    WeightsOfferForm,
    offer_form,
    read_weights_file,
)

blueprint = Blueprint("workspaces", __name__, url_prefix="/consortia/<uuid:consortium_id>/workspace")

Act = Callable[..., int]
"""A command on an item; it answers with the number of its entry."""


@blueprint.get("/")
@signed_in
def show(consortium_id: UUID) -> ResponseReturnValue:
    """The room: agenda and minutes. The first visit after pooling began opens it."""
    page = _room(consortium_id)
    template = "workspaces/_room.html" if "X-Fragment" in request.headers else "workspaces/show.html"
    return render_template(template, page=page, now=datetime.now(UTC))


def _room(consortium_id: UUID) -> queries.RoomPage:
    """What the room shows, opened if it may be and with what is due settled."""
    now = datetime.now(UTC)
    with reading() as session:
        page = queries.workspace_page(session, current_actor(), consortium_id, now)
    if not (page.may_open or page.is_due):
        return page
    with transaction() as session:
        commands.open_workspace(session, current_actor(), consortium_id=consortium_id, now=now)
        commands.settle_due(session, current_actor(), consortium_id=consortium_id, now=now)
    with reading() as session:
        return queries.workspace_page(session, current_actor(), consortium_id, now)


@blueprint.route("/add", methods=["GET", "POST"])
@signed_in
def add_item(consortium_id: UUID) -> ResponseReturnValue:
    """Put a target, the allocation rule or weights on the agenda."""
    page = _room(consortium_id)
    with reading() as session:
        choices = queries.list_measure_choices(session, current_actor(), consortium_id, datetime.now(LONDON).date())
    form = AddItemForm(idempotency_key=uuid4().hex)
    form.measure_id.choices = [
        Choice("", _("Select a measure")),
        *(
            Choice(str(row.id), f"{row.code} {row.title} ({row.unit})", optgroup=_heading(choices, group))
            for group in choices.groups
            for row in group.measures
        ),
    ]
    if form.validate_on_submit():
        try:
            with transaction() as session:
                item_id = commands.add_item(
                    session, current_actor(), consortium_id=consortium_id, now=datetime.now(UTC), **form.values()
                )
        except (Refused, Stale) as error:
            form.show(error)
        else:
            return redirect(url_for(".show_item", consortium_id=consortium_id, item_id=item_id))
    return render_template("workspaces/add_item.html", page=page, form=form, choices=choices)


def _heading(choices: queries.MeasureChoices, group: queries.MeasureGroup) -> str:
    """What stands over the measures of one edition."""
    if not group.framework:
        return str(_("Measures of the bodies themselves"))
    edition = f"{group.framework}, {group.edition}"
    if group.is_in_force:
        return edition
    day = say_date(choices.day)
    if choices.has_tender_date:
        return str(_("Not in force for a tender published on %(day)s: %(edition)s", day=day, edition=edition))
    return str(_("Not in force on %(day)s: %(edition)s", day=day, edition=edition))


@blueprint.get("/<uuid:item_id>")
@signed_in
def show_item(consortium_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """One item: what is on the table, who said what, and the forms to act."""
    return _show_item(consortium_id, item_id)


def _item(consortium_id: UUID, item_id: UUID) -> queries.ItemPage:
    with reading() as session:
        return queries.item_page(session, current_actor(), consortium_id, item_id, datetime.now(UTC))


def _show_item(
    consortium_id: UUID, item_id: UUID, failed: Form | None = None, numbers: Mapping[str, int] | None = None
) -> ResponseReturnValue:
    page = _item(consortium_id, item_id)
    if page.is_due:
        with transaction() as session:
            commands.settle_due(session, current_actor(), consortium_id=consortium_id, now=datetime.now(UTC))
        page = _item(consortium_id, item_id)
    forms: dict[str, Form] = {}
    for name, form_of in {
        "offer": offer_form(page.shape, datetime.now(LONDON).date()),
        "position": PositionForm,
        "comment": CommentForm,
    }.items():
        forms[name] = failed if failed is not None and type(failed).__name__ == form_of.__name__ else form_of(None)
    filled = Filled()
    if isinstance(forms["offer"], WeightsOfferForm) and forms["offer"] is not failed:
        filled = _fill(forms["offer"], page, numbers)
    return render_template(
        "workspaces/_item.html" if "X-Fragment" in request.headers else "workspaces/show_item.html",
        page=page,
        forms=[failed] if failed is not None else [],
        key=uuid4().hex,
        now=datetime.now(UTC),
        filled=filled,
        **{f"{name}_form": form for name, form in forms.items()},
    )


class Filled(Struct, frozen=True):
    """What else than the table a form of weights was filled in from: `file`, `known`, or empty for neither."""

    origin: str = ""
    warnings: tuple[Sentence, ...] = ()
    notes: tuple[Sentence, ...] = ()


def _fill(form: WeightsOfferForm, page: queries.ItemPage, numbers: Mapping[str, int] | None) -> Filled:
    """Start from what is on the table, and from what the reader asked to take the numbers from.

    Args:
        numbers: those of a file.
    """
    if page.on_table is not None:
        form.fill(page.on_table)
    if numbers is not None:
        form.fill({"numbers": numbers, "source": ""})
        return Filled("file")
    found = _derive(page) if page.may_offer else None
    if found is None:
        return Filled()
    form.fill({"numbers": found.numbers, "source": say(found.source)})
    return Filled("known", found.warnings, found.notes)


def _derive(page: queries.ItemPage) -> queries.Derived | None:
    """The numbers that the address asks for; None where it asks for none."""
    basis, day = request.args.get("from", ""), say_date(datetime.now(LONDON).date())
    about = {"unit": page.item.unit, "day": day}
    with reading() as session:
        if basis == queries.SPENDING:
            supplier = request.args.get("supplier", type=UUID)
            return queries.spent_weights(
                session, current_actor(), page.consortium_id, supplier, say_month=say_month, **about
            )
        if basis in queries.DERIVED:
            return queries.derived_weights(session, current_actor(), page.consortium_id, basis, **about)
    return None


@blueprint.get("/<uuid:item_id>/weights/spending")
@signed_in
def weights_spending(consortium_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """The suppliers that joined bodies have in common, to take the numbers of weights from what was paid them."""
    search = " ".join(request.args.get("q", "").split())[:100]
    number = request.args.get("page", 1, type=int)
    with reading() as session:
        page = queries.weights_item(session, current_actor(), consortium_id, item_id, datetime.now(UTC))
        suppliers = common_suppliers(session, current_actor(), consortium_id, search=search, page=number)
    return render_template("workspaces/weights_spending.html", page=page, suppliers=suppliers)


def _act(consortium_id: UUID, item_id: UUID, form: Form, act: Act) -> ResponseReturnValue:
    """Do what a form asks and go back to the item; a refusal is shown beside the form, the typing kept."""
    with reading() as session:
        queries.require_item_in(session, current_actor(), consortium_id, item_id)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                act(session, current_actor(), item_id=item_id, now=datetime.now(UTC), **form.values())
        except (Refused, Stale) as error:
            form.show(error)
        else:
            return redirect(url_for(".show_item", consortium_id=consortium_id, item_id=item_id))
    return _show_item(consortium_id, item_id, form)


@blueprint.post("/<uuid:item_id>/offers")
@signed_in
def propose(consortium_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Propose, or counter what is on the table."""
    with reading() as session:
        shape = queries.offered_in(session, current_actor(), item_id)
    form = offer_form(shape, datetime.now(LONDON).date())
    return _act(consortium_id, item_id, form(), commands.make_offer)


@blueprint.route("/<uuid:item_id>/weights/file", methods=["GET", "POST"])
@limited(EXPENSIVE)
@signed_in
def weights_file(consortium_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Read the numbers of weights from a file into the form of the offer; nothing is stored."""
    with reading() as session:
        page = queries.weights_to_offer(session, current_actor(), consortium_id, item_id, datetime.now(UTC))
    form = WeightsFileForm()
    faults: list[Fault] = []
    if form.validate_on_submit():
        file = form.file.data
        try:
            numbers, faults = read_weights_file(file.filename or "", file.read(), page.shape.bodies)
        except Refused as error:
            form.show(error)
        else:
            if not faults:
                return _show_item(consortium_id, item_id, numbers=numbers)
            form.file.errors = [_("The file has faults. Nothing was read from it")]
    return render_template("workspaces/weights_file.html", page=page, form=form, faults=faults)


@blueprint.get("/<uuid:item_id>/weights/template.<any(csv, xlsx):format>")
@signed_in
def weights_template(consortium_id: UUID, item_id: UUID, format: str) -> ResponseReturnValue:  # noqa: A002 - the address says so
    """A file that names every body, with the numbers on the table where there are any."""
    with reading() as session:
        page = queries.weights_to_offer(session, current_actor(), consortium_id, item_id, datetime.now(UTC))
    known = page.on_table["numbers"] if page.on_table is not None else {}
    rows = [[name, known.get(str(body))] for body, name in page.shape.bodies]
    content = write_csv(COLUMNS, rows) if format == "csv" else write_xlsx(COLUMNS, rows, title=page.item.title)
    media = "text/csv" if format == "csv" else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(content, mimetype=media, headers={"Content-Disposition": f"attachment; filename=weights.{format}"})


@blueprint.post("/<uuid:item_id>/positions")
@signed_in
def take_position(consortium_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Agree, object with a reason, or abstain."""
    return _act(consortium_id, item_id, PositionForm(), commands.take_position)


@blueprint.post("/<uuid:item_id>/comments")
@signed_in
def comment(consortium_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Say something about the item."""
    return _act(consortium_id, item_id, CommentForm(), commands.comment)


@blueprint.post("/<uuid:item_id>/park")
@signed_in
def park(consortium_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Set the item aside for later."""
    return _act(consortium_id, item_id, ActForm(), commands.park)


@blueprint.post("/<uuid:item_id>/resume")
@signed_in
def resume(consortium_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Take the item up again."""
    return _act(consortium_id, item_id, ActForm(), commands.resume)
