"""Pages that form a consortium, one thing each."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from commonpurse.consortia import commands, queries
from commonpurse.consortia.forms import (
    AgreementForm,
    CreateForm,
    LeadForm,
    PlaceForm,
    PublishForm,
    PurposeForm,
    RuleForm,
    TimetableForm,
    WithdrawSummaryForm,
)
from commonpurse.consortia.queries import EditPage
from commonpurse.consortia.views.blueprint import blueprint, done, now
from commonpurse.core.transaction import reading
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.fields import Choice


@blueprint.route("/create", methods=["GET", "POST"])
@signed_in
def create() -> ResponseReturnValue:
    """Start a consortium; other pages may fill in name, purpose and supplier beforehand."""
    with reading() as session:
        queries.leading_body(session, current_actor())
    form = CreateForm(data={name: request.args.get(name, "") for name in ("name", "purpose", "supplier")})
    made: list[UUID] = []
    if form.validate_on_submit() and done(
        form,
        lambda session: made.append(commands.create(session, current_actor(), **form.values(), now=now()).id),
    ):
        return redirect(url_for(".tasks", consortium_id=made[0]))
    return render_template("consortia/create.html", form=form)


def _page(consortium_id: UUID) -> EditPage:
    with reading() as session:
        return queries.edit_page(session, current_actor(), consortium_id)


def _saved(consortium_id: UUID) -> ResponseReturnValue:
    flash(gettext("Saved."), "success")
    return redirect(url_for(".tasks", consortium_id=consortium_id))


@blueprint.route("/<uuid:consortium_id>/purpose", methods=["GET", "POST"])
@signed_in
def edit_purpose(consortium_id: UUID) -> ResponseReturnValue:
    """Name, purpose and category."""
    page = _page(consortium_id)
    face = page.face
    form = PurposeForm(
        data={
            "name": face.name,
            "purpose": face.purpose,
            "category_code": face.category_code or "",
            "seen_version": face.version,
        }
    )
    if form.validate_on_submit() and done(
        form,
        lambda session: commands.edit_purpose(session, current_actor(), consortium_id=consortium_id, **form.values()),
    ):
        return _saved(consortium_id)
    return render_template("consortia/edit_purpose.html", page=page, form=form)


@blueprint.route("/<uuid:consortium_id>/place", methods=["GET", "POST"])
@signed_in
def edit_place(consortium_id: UUID) -> ResponseReturnValue:
    """The areas the consortium buys for."""
    page = _page(consortium_id)
    areas = page.face.areas
    form = PlaceForm(data={"areas": [area.gss for area in areas], "seen_version": page.face.version})
    form.areas.choices = [Choice(area.gss, f"{area.name} ({area.gss})") for area in areas]
    if form.validate_on_submit() and done(
        form,
        lambda session: commands.edit_place(session, current_actor(), consortium_id=consortium_id, **form.values()),
    ):
        if form.add.data:
            flash(gettext("Saved."), "success")
            return redirect(url_for(".edit_place", consortium_id=consortium_id))
        return _saved(consortium_id)
    return render_template("consortia/edit_place.html", page=page, form=form)


@blueprint.route("/<uuid:consortium_id>/lead", methods=["GET", "POST"])
@signed_in
def edit_lead(consortium_id: UUID) -> ResponseReturnValue:
    """Which of the bodies that have joined leads."""
    with reading() as session:
        page = queries.lead_page(session, current_actor(), consortium_id)
    form = LeadForm(data={"lead_organisation_id": page.lead_organisation_id, "seen_version": page.face.version})
    form.lead_organisation_id.choices = [Choice(body.organisation_id, body.name) for body in page.bodies]
    if form.validate_on_submit() and done(
        form,
        lambda session: commands.edit_lead(session, current_actor(), consortium_id=consortium_id, **form.values()),
    ):
        return _saved(consortium_id)
    return render_template("consortia/edit_lead.html", page=page, form=form)


@blueprint.route("/<uuid:consortium_id>/rule", methods=["GET", "POST"])
@signed_in
def edit_rule(consortium_id: UUID) -> ResponseReturnValue:
    """How the bodies decide, and who can block under each rule."""
    page = _page(consortium_id)
    form = RuleForm(
        data={
            "decision_rule": page.rule.rule,
            "quorum_percent": page.rule.quorum_percent,
            "seen_version": page.face.version,
        }
    )
    if form.validate_on_submit() and done(
        form,
        lambda session: commands.edit_rule(session, current_actor(), consortium_id=consortium_id, **form.values()),
    ):
        return _saved(consortium_id)
    return render_template("consortia/edit_rule.html", page=page, form=form)


@blueprint.route("/<uuid:consortium_id>/timetable", methods=["GET", "POST"])
@signed_in
def edit_timetable(consortium_id: UUID) -> ResponseReturnValue:
    """The dates of the steps."""
    page = _page(consortium_id)
    dates = {milestone.kind: milestone.due_on for milestone in page.face.milestones}
    form = TimetableForm(data={**dates, "seen_version": page.face.version})
    if form.validate_on_submit() and done(
        form,
        lambda session: commands.edit_timetable(
            session,
            current_actor(),
            consortium_id=consortium_id,
            milestones=form.milestones(),
            seen_version=form.seen_version.data,
            now=now(),
        ),
    ):
        return _saved(consortium_id)
    return render_template("consortia/edit_timetable.html", page=page, form=form)


@blueprint.route("/<uuid:consortium_id>/agreement/edit", methods=["GET", "POST"])
@signed_in
def edit_agreement(consortium_id: UUID) -> ResponseReturnValue:
    """Write the join agreement; the first version starts from a text of ours."""
    page = _page(consortium_id)
    latest = page.agreement
    text = latest.text if latest else render_template("consortia/join_agreement.txt", page=page)
    form = AgreementForm(data={"text": text, "seen_number": latest.number if latest else 0})
    if form.validate_on_submit() and done(
        form,
        lambda session: commands.write_agreement(
            session, current_actor(), consortium_id=consortium_id, **form.values(), now=now()
        ),
    ):
        return _saved(consortium_id)
    return render_template("consortia/edit_agreement.html", page=page, form=form)


@blueprint.route("/<uuid:consortium_id>/summary", methods=["GET", "POST"])
@signed_in
def publish_summary(consortium_id: UUID) -> ResponseReturnValue:
    """Write what everybody may read, check it, then publish it."""
    page = _page(consortium_id)
    form = PublishForm(data={"public_summary": page.face.public_summary, "seen_version": page.face.version})
    is_preview = False
    if form.validate_on_submit():
        values = {name: form.values()[name] for name in ("public_summary", "seen_version")}
        if not form.publish.data:
            is_preview = True
        elif done(
            form,
            lambda session: commands.publish_summary(
                session, current_actor(), consortium_id=consortium_id, **values, now=now()
            ),
        ):
            flash(gettext("The public page is published."), "success")
            return redirect(url_for("transparency.show", consortium_id=consortium_id))
    return render_template("consortia/publish_summary.html", page=page, form=form, is_preview=is_preview)


@blueprint.route("/<uuid:consortium_id>/summary/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw_summary(consortium_id: UUID) -> ResponseReturnValue:
    """Take the public page down, with a reason."""
    page = _page(consortium_id)
    form = WithdrawSummaryForm(data={"seen_version": page.face.version})
    if form.validate_on_submit() and done(
        form,
        lambda session: commands.withdraw_summary(
            session, current_actor(), consortium_id=consortium_id, **form.values()
        ),
    ):
        flash(gettext("The public page is taken down."), "success")
        return redirect(url_for(".show", consortium_id=consortium_id))
    return render_template("consortia/withdraw_summary.html", page=page, form=form)
