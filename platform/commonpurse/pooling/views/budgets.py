"""Pages of what the bodies of a consortium can spend."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from commonpurse.calc.quantity import from_smallest
from commonpurse.core.tabular import Cell
from commonpurse.core.transaction import reading
from commonpurse.pooling import commands, queries
from commonpurse.pooling.forms import ApproveBudgetForm, BudgetForm, EditBudgetForm, RemoveBudgetForm
from commonpurse.pooling.queries import BudgetTable
from commonpurse.pooling.rules.years import financial_year_of, say_financial_year
from commonpurse.pooling.views.blueprint import blueprint, done, download, now
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.fields import Choice
from commonpurse.web.limits import EXPENSIVE, limited

YEARS_OFFERED = 12


@blueprint.get("/consortia/<uuid:consortium_id>/budget")
@signed_in
def budget(consortium_id: UUID) -> ResponseReturnValue:
    """The pooled budget by year and body: firm, indicative and awaited money apart."""
    with reading() as session:
        page = queries.budget_page(session, current_actor(), consortium_id)
    return render_template("pooling/budget.html", page=page, say_year=say_financial_year)


@blueprint.get("/consortia/<uuid:consortium_id>/budget/download/<any(csv, xlsx):kind>")
@limited(EXPENSIVE)
@signed_in
def export_budget(consortium_id: UUID, kind: str) -> ResponseReturnValue:
    """The pooled tables as one file, in pounds."""
    with reading() as session:
        page = queries.budget_page(session, current_actor(), consortium_id)
    headers = [gettext("Commitment"), gettext("Financial year"), *(name for _, name in page.bodies), gettext("Total")]
    rows = [
        *_rows(gettext("Committed and approved"), page.committed),
        *_rows(gettext("Indicative"), page.indicative),
    ]
    return download("pooled-budget", gettext("Pooled budget"), headers, rows, kind)


def _rows(words: str, table: BudgetTable) -> list[list[Cell]]:
    return [
        [
            words,
            say_financial_year(row.financial_year),
            *(None if pence is None else from_smallest(pence, 2) for pence in row.amounts),
            from_smallest(row.total_pence, 2),
        ]
        for row in table.rows
    ]


@blueprint.route("/consortia/<uuid:consortium_id>/budget/add", methods=["GET", "POST"])
@signed_in
def add_budget(consortium_id: UUID) -> ResponseReturnValue:
    """Enter money of one's own body."""
    form = BudgetForm()
    _offer_years(form)
    keys: dict[str, Any] = {"consortium_id": consortium_id, "now": now()}
    if form.validate_on_submit() and done(
        form, lambda session: commands.add_budget(session, current_actor(), **keys, **form.values())
    ):
        flash(gettext("The money is entered."), "success")
        return redirect(url_for(".budget", consortium_id=consortium_id))
    with reading() as session:
        page = queries.budget_page(session, current_actor(), consortium_id)
    return render_template("pooling/add_budget.html", page=page, form=form)


def _offer_years(form: BudgetForm, stored: int | None = None) -> None:
    """Last year, this one and those to come; and the year that is stored, however long ago."""
    first = financial_year_of(now().date()) - 1
    years = {*range(first, first + YEARS_OFFERED), stored or first}
    form.financial_year.choices = [Choice(year, say_financial_year(year)) for year in sorted(years)]
    if form.financial_year.data is None:
        form.financial_year.data = first + 1


@blueprint.route("/consortia/<uuid:consortium_id>/budget/<uuid:contribution_id>/edit", methods=["GET", "POST"])
@signed_in
def edit_budget(consortium_id: UUID, contribution_id: UUID) -> ResponseReturnValue:
    """Change money of one's own body that nobody approved."""
    with reading() as session:
        consortium, line = queries.contribution_page(session, current_actor(), consortium_id, contribution_id)
    form = EditBudgetForm(obj=line, seen_version=line.version)
    _offer_years(form, line.financial_year)
    keys: dict[str, Any] = {"consortium_id": consortium_id, "contribution_id": contribution_id, "now": now()}
    if form.validate_on_submit() and done(
        form, lambda session: commands.change_budget(session, current_actor(), **keys, **form.values())
    ):
        flash(gettext("The money is changed."), "success")
        return redirect(url_for(".budget", consortium_id=consortium_id))
    here = {"consortium": consortium, "consortium_id": consortium_id}
    return render_template("pooling/edit_budget.html", line=line, form=form, **here)


@blueprint.route("/consortia/<uuid:consortium_id>/budget/<uuid:contribution_id>/remove", methods=["GET", "POST"])
@signed_in
def remove_budget(consortium_id: UUID, contribution_id: UUID) -> ResponseReturnValue:
    """Take money of one's own body away that nobody approved, with the reason."""
    with reading() as session:
        consortium, line = queries.contribution_page(session, current_actor(), consortium_id, contribution_id)
    form = RemoveBudgetForm(seen_version=line.version)
    keys: dict[str, Any] = {"consortium_id": consortium_id, "contribution_id": contribution_id, "now": now()}
    if form.validate_on_submit() and done(
        form, lambda session: commands.remove_budget(session, current_actor(), **keys, **form.values())
    ):
        flash(gettext("The money is removed."), "success")
        return redirect(url_for(".budget", consortium_id=consortium_id))
    here = {"consortium": consortium, "consortium_id": consortium_id, "say_year": say_financial_year}
    return render_template("pooling/remove_budget.html", line=line, form=form, **here)


@blueprint.route("/consortia/<uuid:consortium_id>/budget/<uuid:contribution_id>/approve", methods=["GET", "POST"])
@signed_in
def approve_budget(consortium_id: UUID, contribution_id: UUID) -> ResponseReturnValue:
    """Stand by money that somebody else of one's own body entered, or say why not."""
    with reading() as session:
        consortium, line = queries.contribution_page(session, current_actor(), consortium_id, contribution_id)
    form = ApproveBudgetForm(seen_version=line.version)
    keys: dict[str, Any] = {"consortium_id": consortium_id, "contribution_id": contribution_id, "now": now()}
    if form.validate_on_submit() and done(form, lambda session: _answer(session, form, keys)):
        flash(gettext("Your answer is recorded."), "success")
        return redirect(url_for(".budget", consortium_id=consortium_id))
    here = {"consortium": consortium, "consortium_id": consortium_id, "say_year": say_financial_year}
    return render_template("pooling/approve_budget.html", line=line, form=form, **here)


def _answer(session: Any, form: ApproveBudgetForm, keys: dict[str, Any]) -> None:
    values = form.values()
    reason, answer = values.pop("reason"), values.pop("answer")
    if answer == "approve":
        commands.approve_budget(session, current_actor(), **keys, **values)
    else:
        commands.refuse_budget(session, current_actor(), reason=reason or "", **keys, **values)
