"""A world with one of everything that is somebody's."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.consortia import commands as consortia
from commonpurse.consortia.models import Consortium
from commonpurse.delivery.models import EvidenceContent, EvidenceItem, OutcomeRecord, VerificationStatus
from commonpurse.identity.models import LinkPurpose, Membership, Organisation, Role, SingleUseLink
from commonpurse.identity.rules.tokens import hash_token
from commonpurse.outcomes.commands import issue_splits, issue_statements, keep_books
from commonpurse.outcomes.commands.heads import publish_heads
from commonpurse.outcomes.models import PRIMARY, PostedSplit, PublishedHeads
from commonpurse.pooling.commands import check_upload, import_spending
from commonpurse.pooling.models import ApprovalState, SpendSupplier, UploadKind
from commonpurse.workspaces.commands import make_offer, park
from support.claim_rows import make_asked, make_clash
from support.consortia_rows import make_forming
from support.delivery_rows import make_contract, make_record
from support.everything import NEEDS, SPENDING
from support.pooling_rows import make_budget, make_requirement
from support.weight_rows import make_weights
from support.workspace_rows import answer, make_rule, make_target, offer
from support.world import NOW, World, make_measure, make_organisation, make_person

INVITATION, RESET = "invitation" * 4, "reset" * 9


@dataclass
class Things:
    """The keys of one of everything, and where a rule's argument finds its own."""

    world: World
    keys: dict[str, Any] = field(default_factory=dict)
    elsewhere: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Keys that only some endpoints use, because the thing must stand otherwise for their act."""
    versions: dict[str, int] = field(default_factory=dict)
    neighbours: dict[str, UUID] = field(default_factory=dict)
    """Keys of things of another consortium, where a test makes one."""

    def arguments(self, app: Flask, endpoint: str) -> dict[str, Any]:
        """What fills the rule of an endpoint."""
        rule = next(app.url_map.iter_rules(endpoint))
        chosen = {**self.keys, **self.elsewhere.get(endpoint, {})}
        return {name: chosen[name] for name in sorted(rule.arguments)}

    def address(self, app: Flask, endpoint: str, **changed: Any) -> str:
        """The path of an endpoint, with the keys of this world unless `changed` names others."""
        with app.test_request_context():
            return url_for(endpoint, **{**self.arguments(app, endpoint), **changed})


def add_body(session: Session, world: World, body: str, name: str, **values: Any) -> Organisation:
    """A public body with a person for every role."""
    world.bodies[body] = organisation = make_organisation(session, name, **values)
    for role in Role:
        person = make_person(session, f"{role.replace('_', ' ').capitalize()}, {body}", f"{role}@{body}.example")
        world.people[body, role.value] = person
        session.add(Membership(person_id=person.id, organisation_id=organisation.id, roles=[role.value], since=NOW))
    session.flush()
    return organisation


def make_link(session: Session, token: str, purpose: LinkPurpose, body: Organisation | None, email: str) -> UUID:
    """A single-use link that opens for ten years."""
    link = SingleUseLink(
        token_hash=hash_token(token),
        purpose=purpose,
        email=email,
        label="New colleague",
        organisation_id=body.id if body else None,
        roles=["buyer"],
        made_at=NOW,
        expires_at=NOW + timedelta(days=3650),
    )
    session.add(link)
    session.flush()
    return link.id


def _published_heads(session: Session) -> UUID:
    publish_heads(session, now=NOW)
    return session.scalars(select(PublishedHeads.id)).one()


def make_things(session: Session, world: World) -> Things:
    """One of everything in the world's consortium, most of it Gateshead's, and Calderdale invited to all of it."""
    add_body(session, world, "calderdale", "Calderdale Council")
    things = Things(world)
    signing = _forming(session, world, "Road signs")
    voting = _forming(session, world, "Benches")
    decision = consortia.open_decision(
        session, world.actor("gateshead"), consortium_id=voting.id, stage="pooling", now=datetime.now(UTC)
    )
    for consortium in (world.consortium, signing, voting):
        consortia.invite(
            session,
            world.actor("newcastle"),
            consortium_id=consortium.id,
            organisation_ids=[world.organisation("calderdale")],
            now=NOW,
        )
    consortia.write_agreement(
        session, world.actor("newcastle"), consortium_id=signing.id, text="Each pays twice.", seen_number=1, now=NOW
    )
    things.keys = {
        "consortium_id": world.consortium.id,
        "organisation_id": world.organisation("gateshead"),
        "person_id": world.people["gateshead", "observer"].id,
        "token": INVITATION,
        "framework_version_id": world.measure.framework_version_id,
        "measure_id": world.measure.id,
        "kind": "csv",
        "tier": "district",
        "table": "targets",
        "format": "csv",
        "operation": "largest_remainder",
        "heads_id": _published_heads(session),
        **_pooled(session, world),
        **_negotiated(session, world),
        **_delivered(session, world),
        "link_id": make_link(
            session, INVITATION, LinkPurpose.INVITATION, world.bodies["gateshead"], "new@gateshead.example"
        ),
    }
    make_link(session, RESET, LinkPurpose.PASSWORD_RESET, None, "buyer@gateshead.example")
    _publish(session, world, world.consortium)
    forming = {"consortium_id": signing.id}
    deciding = {"consortium_id": voting.id, "decision_id": decision.id}
    things.elsewhere = {
        "consortia.edit_purpose": forming,
        "consortia.edit_place": forming,
        "consortia.edit_lead": forming,
        "consortia.edit_rule": forming,
        "consortia.edit_timetable": forming,
        "consortia.sign_agreement": forming,
        "consortia.show_decision": deciding,
        "consortia.withdraw_decision": deciding,
        "identity.reset_password": {"token": RESET},
        "pooling.template": {"kind": "budget"},
        "pooling.upload": {"kind": "requirements"},
        "outcomes.reopen": {"record_id": things.keys["verified_id"]},
        "delivery.download_evidence": {"record_id": things.keys["verified_id"]},
        "delivery.keep_claim": {"record_id": things.keys["verified_id"]},
        "workspaces.resume": {"item_id": things.keys["parked_id"]},
        "workspaces.weights_file": {"item_id": things.keys["weights_id"]},
        "workspaces.weights_template": {"item_id": things.keys["weights_id"]},
        "workspaces.weights_spending": {"item_id": things.keys["weights_id"]},
    }
    session.commit()
    things.versions = {"consortium": world.consortium.version, "forming": signing.version}
    return things


def _forming(session: Session, world: World, name: str) -> Consortium:
    return make_forming(session, world, name=name)


def _publish(session: Session, world: World, consortium: Consortium) -> None:
    consortia.publish_summary(
        session,
        world.actor("newcastle"),
        consortium_id=consortium.id,
        public_summary="Light",
        seen_version=consortium.version,
        now=NOW,
    )


def _pooled(session: Session, world: World) -> dict[str, Any]:
    gateshead = world.actor("gateshead")
    line = make_requirement(session, world, "gateshead")
    awaited = make_budget(session, world, "gateshead", approval=ApprovalState.AWAITED)
    files = [
        import_spending(session, world.actor(body), filename=f"{body}.csv", content=SPENDING, now=NOW)
        for body in ("gateshead", "newcastle")
    ]
    upload = check_upload(
        session,
        gateshead,
        consortium_id=world.consortium.id,
        kind=UploadKind.REQUIREMENTS,
        filename="needs.csv",
        content=NEEDS.encode(),
        now=NOW,
    )
    supplier = session.scalars(select(SpendSupplier.id)).first()
    return {
        "line_id": line.id,
        "contribution_id": awaited.id,
        "file_id": files[0],
        "upload_id": upload,
        "supplier_id": supplier,
    }


def _negotiated(session: Session, world: World) -> dict[str, Any]:
    lead, spare, other = world.actor("newcastle"), make_measure(session, "APP-L5"), make_measure(session, "APP-L4")
    rule, agreed = make_rule(session, world), make_target(session, world)
    make_offer(session, lead, item_id=rule, seen_number=0, quantity=None, allocation={"kind": "equal"}, now=NOW)
    offer(session, world, "newcastle", agreed, 0)
    for item in (rule, agreed):
        for body in ("gateshead", "darlington"):
            answer(session, world, body, item, 1)
    parked = make_target(session, world, measure_id=make_measure(session, "APP-L6").id)
    park(session, lead, item_id=parked, now=NOW)
    open_item = make_target(session, world, measure_id=other.id)
    offer(session, world, "darlington", open_item, 0)
    weighed = make_weights(session, world)
    return {"item_id": open_item, "parked_id": parked, "spare_measure_id": spare.id, "weights_id": weighed}


def _delivered(session: Session, world: World) -> dict[str, Any]:
    contract = make_contract(session, world)
    split = make_record(session, world, contract, subject="first", body="gateshead")
    session.flush()
    issue_splits(session, world.actor("newcastle"), consortium_id=world.consortium.id, now=NOW)
    keep_books(session, world.actor("newcastle"), consortium_id=world.consortium.id, tiers=["district"], now=NOW)
    lead = world.actor("newcastle", "approver")
    issued = issue_statements(
        session, lead, consortium_id=world.consortium.id, until=split.quarter_starting, reason="", now=NOW
    )
    waits = make_record(
        session, world, contract, subject="second", body="gateshead", status=VerificationStatus.REPORTED
    )
    unsplit = make_record(session, world, contract, subject="third", body="gateshead")
    other = make_contract(session, world, reference="SL-2")
    make_asked(session, world, unsplit, other, "gateshead")
    return {
        "contract_id": contract.id,
        "clash_id": make_clash(session, world, waits, other, "gateshead").id,
        "record_id": waits.id,
        "verified_id": unsplit.id,
        "evidence_id": add_evidence(session, unsplit).id,
        "split_id": session.scalars(select(PostedSplit.id).where(PostedSplit.book == PRIMARY)).first(),
        "split_record_id": split.id,
        "edition_id": issued[0],
    }


def add_evidence(session: Session, record: OutcomeRecord) -> EvidenceItem:
    """A file of evidence on a record."""
    content = f"%PDF-1.7 {record.id}".encode()
    digest = hash_token(record.id.hex)
    session.add(EvidenceContent(sha256=digest, size_bytes=len(content), content=content))
    session.flush()
    item = EvidenceItem(
        record_id=record.id,
        sha256=digest,
        filename="register.pdf",
        media_type="application/pdf",
        added_by_id=record.reported_by_id,
        added_at=NOW,
    )
    session.add(item)
    session.flush()
    return item
