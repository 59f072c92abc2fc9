"""The edition of a framework that fits the date of the tender is offered first, and another one is warned of."""

from datetime import date
from uuid import uuid4

import pytest

from commonpurse.consortia.models import Milestone, MilestoneKind
from commonpurse.core.errors import NotAllowed, NotFound
from commonpurse.measures.commands import load_catalogues
from commonpurse.measures.models import FrameworkVersion, Measure, MeasureKind
from commonpurse.workspaces import queries
from config import ROOT
from support.workspace_rows import make_room, make_target
from support.world import TODAY, make_measure

NOT_IN_FORCE = "Not in force for a tender published on 15 March 2027"
WARNING = (
    "PPN 002 Social Value Model, February 2025, covers procurements commenced until 31 December 2026; "
    "this tender is planned for 15 March 2027."
)


@pytest.fixture
def catalogues(session, world):
    load_catalogues(session, ROOT / "reference")
    make_room(session, world)
    session.commit()


def tender_on(session, world, day):
    session.add(Milestone(consortium_id=world.consortium.id, kind=MilestoneKind.TENDER_PUBLISHED, due_on=day))
    session.commit()
    session.refresh(world.consortium)


def published(session, framework):
    version = session.query(FrameworkVersion).filter_by(framework=framework).one()
    return session.query(Measure).filter_by(framework_version_id=version.id).order_by(Measure.code).first()


def choices(session, world, body="gateshead", role="buyer"):
    return queries.list_measure_choices(session, world.actor(body, role), world.consortium.id, TODAY)


def headings(page):
    return [part.split('"')[0] for part in page.split('<optgroup label="')[1:]]


def test_editions_in_force_on_the_day_of_the_tender_come_first(session, world, client_of, catalogues):
    own = {"framework_version_id": None, "owner_id": world.organisation("darlington"), "kind": MeasureKind.CUSTOM}
    make_measure(session, "OWN-1", **own)
    tender_on(session, world, date(2027, 3, 15))
    page = client_of("gateshead").get(f"/consortia/{world.consortium.id}/workspace/add").text
    assert headings(page) == [
        "Framework of the tests, 1",
        "Measures of the bodies themselves",
        f"{NOT_IN_FORCE}: PPN 002 Social Value Model, February 2025",
        f"{NOT_IN_FORCE}: PPN 06/20 Social Value Model, Edition 1.1 (3 Dec 2020)",
    ]
    assert "PPN 026 Social Value Model, August 2026, is in force then, but its measures are not here" in page
    assert 'href="/measures/add"' in page
    assert 'href="/measures/model"' in page


def test_an_edition_is_in_force_on_its_first_and_last_day(session, world, catalogues):
    for day, in_force in [
        (date(2025, 2, 23), {"PPN 06/20 Social Value Model"}),
        (date(2025, 2, 24), {"PPN 06/20 Social Value Model", "PPN 002 Social Value Model"}),
        (date(2025, 9, 30), {"PPN 06/20 Social Value Model", "PPN 002 Social Value Model"}),
        (date(2025, 10, 1), {"PPN 002 Social Value Model"}),
        (date(2026, 12, 31), {"PPN 002 Social Value Model"}),
        (date(2027, 1, 1), set()),
    ]:
        session.query(Milestone).filter_by(kind=MilestoneKind.TENDER_PUBLISHED).delete()
        tender_on(session, world, day)
        found = choices(session, world)
        shown = {group.framework for group in found.groups if group.is_in_force}
        assert shown - {"Framework of the tests"} == in_force
        assert [edition.title for edition in found.without_measures] == (
            ["PPN 026 Social Value Model"] if day.year == 2027 else []
        )


def test_without_a_date_for_the_tender_today_counts(session, world, catalogues, client_of):
    found = choices(session, world)
    assert (found.day, found.has_tender_date) == (TODAY, False)
    assert "The timetable has no date for the tender yet" in (
        client_of("gateshead").get(f"/consortia/{world.consortium.id}/workspace/add").text
    )


def test_a_measure_of_another_edition_can_be_chosen_and_the_item_warns(session, world, client_of, catalogues):
    tender_on(session, world, date(2027, 3, 15))
    client, room = client_of("gateshead"), f"/consortia/{world.consortium.id}/workspace/"
    form = {"idempotency_key": uuid4().hex, "kind": "target", "measure_id": str(published(session, "ppn-002").id)}
    added = client.post(f"{room}add", data=form)
    assert added.status_code == 302
    assert WARNING in client.get(added.location).text


def test_an_item_whose_edition_has_not_begun_says_from_when(session, world, client_of, catalogues):
    tender_on(session, world, date(2025, 1, 5))
    item = make_target(session, world, measure_id=published(session, "ppn-002").id)
    session.commit()
    page = client_of("gateshead").get(f"/consortia/{world.consortium.id}/workspace/{item}").text
    assert "covers procurements commenced from 24 February 2025; this tender is planned for 5 January 2025." in page


def test_items_of_an_edition_in_force_and_of_own_measures_warn_of_nothing(session, world, client_of, catalogues):
    tender_on(session, world, date(2026, 12, 31))
    own = {"framework_version_id": None, "owner_id": world.organisation("gateshead"), "kind": MeasureKind.CUSTOM}
    for measure in (published(session, "ppn-002"), make_measure(session, "OWN-2", **own)):
        item = make_target(session, world, measure_id=measure.id)
        session.commit()
        page = client_of("gateshead").get(f"/consortia/{world.consortium.id}/workspace/{item}").text
        assert "covers procurements" not in page


def test_choices_are_for_buyers_of_joined_bodies(session, world, catalogues):
    with pytest.raises(NotAllowed):
        choices(session, world, role="observer")
    with pytest.raises(NotFound):
        choices(session, world, body="leeds")
