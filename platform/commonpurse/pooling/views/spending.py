"""Pages of published spending and of the suppliers behind it."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from commonpurse.calc.money import pounds
from commonpurse.calc.quantity import from_smallest
from commonpurse.core.errors import Refused
from commonpurse.core.transaction import reading, transaction
from commonpurse.pooling import commands, queries
from commonpurse.pooling.forms import UploadSpendingForm
from commonpurse.pooling.queries import Order
from commonpurse.pooling.views.blueprint import blueprint, download, filename_of, now
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.form import say
from commonpurse.web.limits import EXPENSIVE, limited
from commonpurse.web.pages import say_month


@blueprint.get("/spending")
@signed_in
def spending() -> ResponseReturnValue:
    """Every published file that was read, by body."""
    with reading() as session:
        page = queries.spending_page(session, current_actor())
    return render_template("pooling/spending.html", page=page)


@blueprint.route("/spending/upload", methods=["GET", "POST"])
@limited(EXPENSIVE)
@signed_in
def upload_spending() -> ResponseReturnValue:
    """Read published files of one's own body. Each is kept or refused by itself."""
    form = UploadSpendingForm()
    if form.validate_on_submit():
        read = [_import(form, file) for file in form.file.data]
        kept = [file_id for file_id in read if file_id is not None]
        if kept:
            flash(ngettext("%(num)s file was read.", "%(num)s files were read.", len(kept)), "success")
        if not form.errors:
            alone = kept[0] if len(kept) == 1 else None
            return redirect(url_for(".show_spend_file", file_id=alone) if alone else url_for(".spending"))
    with reading() as session:
        page = queries.spending_page(session, current_actor())
    return render_template("pooling/upload_spending.html", page=page, form=form)


def _import(form: UploadSpendingForm, file: Any) -> UUID | None:
    """The key of the file; None where it was refused, and the form says why."""
    filename = filename_of(file)
    try:
        with transaction() as session:
            return commands.import_spending(session, current_actor(), filename=filename, content=file.read(), now=now())
    except Refused as error:
        sentence = say(error)
        named = sentence if filename in sentence else f"{filename}: {sentence}"
        form.file.errors = [*form.file.errors, named]
        return None


@blueprint.get("/spending/files/<uuid:file_id>")
@signed_in
def show_spend_file(file_id: UUID) -> ResponseReturnValue:
    """One file: what was read, and the rows left out of it with the reason."""
    with reading() as session:
        page = queries.spend_file_page(session, current_actor(), file_id, page=request.args.get("page", 1, type=int))
    return render_template("pooling/show_spend_file.html", page=page)


@blueprint.get("/spending/suppliers")
@signed_in
def shared_suppliers() -> ResponseReturnValue:
    """Suppliers that two bodies or more pay."""
    asked = request.args.get("order", "")
    with reading() as session:
        page = queries.shared_suppliers_page(
            session,
            current_actor(),
            search=_search(),
            mine=_mine(),
            order=Order(asked) if asked in set(Order) else Order.SPEND,
            page=request.args.get("page", 1, type=int),
        )
    return render_template("pooling/shared_suppliers.html", page=page)


@blueprint.get("/spending/suppliers/download/<any(csv, xlsx):kind>")
@limited(EXPENSIVE)
@signed_in
def export_shared_suppliers(kind: str) -> ResponseReturnValue:
    """Every shared supplier with each body's spend, in pounds."""
    with reading() as session:
        suppliers, bodies = queries.list_shared_suppliers(session, current_actor(), search=_search(), mine=_mine())
    headers = [
        gettext("Supplier"),
        gettext("Bodies"),
        gettext("Payments"),
        *(name for _, name in bodies),
        gettext("Total"),
    ]
    rows = [
        (
            supplier.name,
            len(supplier.by_body),
            supplier.payments,
            *(
                from_smallest(supplier.by_body[body].pence, 2) if body in supplier.by_body else None
                for body, _ in bodies
            ),
            from_smallest(supplier.total_pence, 2),
        )
        for supplier in suppliers
    ]
    return download("shared-suppliers", gettext("Shared suppliers"), headers, rows, kind)


def _mine() -> bool:
    return request.args.get("mine") == "1"


def _search() -> str:
    return " ".join(request.args.get("q", "").split())[:100]


@blueprint.get("/spending/suppliers/<uuid:supplier_id>")
@signed_in
def show_supplier(supplier_id: UUID) -> ResponseReturnValue:
    """One supplier: its spellings, and what each body paid in each month."""
    with reading() as session:
        current = queries.current_supplier(session, current_actor(), supplier_id)
        page = queries.supplier_page(session, current_actor(), current)
    if current != supplier_id:
        return redirect(url_for(".show_supplier", supplier_id=current))
    bodies = ", ".join(f"{name} {pounds(page.by_body[key].pence)}" for key, name in page.bodies)
    start = {
        "supplier": page.name,
        "name": gettext("Buying together from %(supplier)s", supplier=page.name),
        "purpose": gettext(
            "Buy together what we now buy apart from %(supplier)s. Published spending: %(bodies)s.",
            supplier=page.name,
            bodies=bodies,
        ),
    }
    return render_template("pooling/show_supplier.html", page=page, start=start, say_month=say_month)
