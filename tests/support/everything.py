"""Something of everything that pages show, for tests that read all of them."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import islice, product
from re import fullmatch
from typing import Any

from flask import Flask
from sqlalchemy import Enum, Select, String, select, text
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from commonpurse.calc.quantity import unit_after
from commonpurse.consortia import commands as consortia
from commonpurse.core.db import Base
from commonpurse.delivery.models import OutcomeRecord, VerificationStatus
from commonpurse.identity.models import LinkPurpose, SingleUseLink
from commonpurse.identity.rules.tokens import hash_token
from commonpurse.outcomes.commands import issue_splits, issue_statements, keep_books
from commonpurse.outcomes.commands.heads import publish_heads
from commonpurse.pooling.commands import check_upload, import_spending
from commonpurse.pooling.models import ApprovalState, UploadKind
from commonpurse.pooling.rules.templates import REQUIREMENTS
from commonpurse.workspaces.commands import make_offer
from support.claim_rows import make_asked
from support.consortia_rows import answer as vote
from support.consortia_rows import make_forming, open_move
from support.delivery_rows import QUARTER, make_contract, make_record, make_records
from support.pooling_rows import make_budget, make_requirement
from support.weight_rows import make_weights, offer_weights
from support.workspace_rows import answer, make_rule, make_target, offer
from support.world import NOW, World

SPENDING = b"""Payment Date,Amount,Organisational Unit,Beneficiary Name,Company Number,Charity Number
01/04/2022,10.50,Roads,Acme Ltd,,
02/04/2022,-2,Roads,ACME LIMITED,,
03/04/2022,many,Roads,Acme,,
"""
NEEDS = f"""{",".join(REQUIREMENTS.headers)}
Street lights,45000000-7,120,each,E08000037,01/04/2027,31/03/2029
Posts,99999999,minus,each,E08000037,01/04/2027,31/03/2026
"""


LINKS = {"invitation" * 4: LinkPurpose.INVITATION, "reset" * 9: LinkPurpose.PASSWORD_RESET}
"""Tokens of links that open."""

TYPED = {cell for line in (SPENDING.decode() + NEEDS).splitlines() for cell in line.split(",")}
"""Cells and headings of the files, which pages repeat."""


def make_everything(session: Session, world: World) -> None:
    """Needs, money, files, offers, decisions, records and a split: in the world's consortium, and one that forms."""
    buyer = world.actor("newcastle")
    forming = make_forming(session, world)
    vote(session, world, open_move(session, world, forming), "newcastle")
    consortia.open_decision(session, buyer, consortium_id=world.consortium.id, stage="out_to_bid", now=NOW)
    consortia.publish_summary(
        session, buyer, consortium_id=world.consortium.id, public_summary="Light", seen_version=1, now=NOW
    )
    consortia.invite(session, buyer, consortium_id=forming.id, organisation_ids=[world.organisation("leeds")], now=NOW)
    for token, purpose in LINKS.items():
        session.add(
            SingleUseLink(
                token_hash=hash_token(token),
                purpose=purpose,
                email="new@gateshead.example" if purpose is LinkPurpose.INVITATION else "buyer@gateshead.example",
                label="New colleague",
                organisation_id=world.organisation("gateshead") if purpose is LinkPurpose.INVITATION else None,
                roles=["buyer"],
                made_at=NOW,
                expires_at=NOW + timedelta(days=3650),
            )
        )
    make_requirement(session, world, "newcastle")
    make_budget(session, world, "newcastle")
    make_budget(session, world, "newcastle", approval=ApprovalState.AWAITED)
    for body in ("newcastle", "gateshead"):
        import_spending(session, world.actor(body), filename=f"{body}.csv", content=SPENDING, now=NOW)
    check_upload(
        session,
        buyer,
        consortium_id=world.consortium.id,
        kind=UploadKind.REQUIREMENTS,
        filename="needs.csv",
        content=NEEDS.encode(),
        now=NOW,
    )
    target = make_target(session, world)
    offer(session, world, "gateshead", target, 0)
    offer(session, world, "darlington", target, 1, "150")
    answer(session, world, "gateshead", target, 2, "object", reason="The price rises")
    rule = make_rule(session, world)
    make_offer(session, buyer, item_id=rule, seen_number=0, quantity=None, allocation={"kind": "equal"}, now=NOW)
    for body in ("gateshead", "darlington"):
        answer(session, world, body, rule, 1)
    weighed = make_weights(session, world)
    offer_weights(session, world, "gateshead", weighed, 0, 3, 2, 1, source="Litres called off")
    contract = make_contract(session, world)
    first = make_records(session, world, contract, 3)[0]
    again = make_contract(session, world, reference="SL-2")
    make_asked(session, world, session.get_one(OutcomeRecord, first), again, "gateshead")
    make_record(session, world, contract, subject="one more", status=VerificationStatus.REPORTED)
    issue_splits(session, buyer, consortium_id=world.consortium.id, now=NOW)
    keep_books(session, buyer, consortium_id=world.consortium.id, tiers=["region"], now=NOW)
    approver = world.actor("newcastle", "approver")
    issue_statements(session, approver, consortium_id=world.consortium.id, until=QUARTER, reason="", now=NOW)
    publish_heads(session, now=NOW)
    session.commit()


def addresses(app: Flask, session: Session, most: int = 40) -> Iterator[tuple[str, Iterator[str]]]:
    """The endpoint of every page, with its addresses as they can be made of rows and of the words a rule lists."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint != "static":
            names = sorted(rule.arguments)
            chosen = product(*(_known(session, rule, name) for name in names))
            values = (dict(zip(names, each, strict=True)) for each in islice(chosen, most))
            yield rule.endpoint, map(partial(adapter.build, rule.endpoint), values)


def _known(session: Session, rule: Rule, name: str) -> list[Any]:
    """What can stand for an argument: `item_id` is the key of anything called an item, oldest first."""
    if words := getattr(rule._converters[name], "items", None):
        return list(words)
    if name == "token":
        return list(LINKS)
    thing = name.removesuffix("_id").replace("_", "")
    models = [mapper.class_ for mapper in Base.registry.mappers if hasattr(mapper.class_, "id")]
    called = [model for model in models if model.__name__.lower().endswith(thing)]
    return [key for model in called for key in session.scalars(_oldest(model.id))] or ["unknown"]


def _oldest(key: Any) -> Select[Any]:
    in_order_of_writing = key.class_.__table__.dialect_options["sqlite"]["with_rowid"]
    return select(key).order_by(text("rowid") if in_order_of_writing else key).limit(5)


def names_and_texts(session: Session) -> set[str]:
    """Every text that somebody typed or published, line by line; not the keys that stand for words of ours."""
    found: set[str] = set()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, String) and not isinstance(column.type, Enum):
                texts = session.scalars(select(column).where(column.is_not(None)).distinct())
                lines = {line.strip() for each in texts for line in each.splitlines()}
                if column.name == "unit":
                    lines |= {unit_after("1", line) for line in lines}
                found |= {line for line in lines if column.name == "unit" or not fullmatch("[a-z_]*", line)}
    return found
