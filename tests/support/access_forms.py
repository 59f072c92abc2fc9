"""What each form is sent: right input, so that only a policy can stand in its way."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from support.access_world import Things
from support.everything import NEEDS, SPENDING
from support.world import AREAS, MEMBERS

PASSWORD = "seven quiet lanterns"


def sent(endpoint: str, things: Things) -> dict[str, Any]:
    """The body of a post to the endpoint, as a client takes it."""
    return {"json": PROBLEMS[endpoint]} if endpoint in PROBLEMS else {"data": filled(endpoint, things)}


def filled(endpoint: str, things: Things) -> dict[str, Any]:
    """The fields of the endpoint's form, filled in anew; nothing where it has none."""
    if endpoint.startswith("workspaces."):
        return {"idempotency_key": uuid4().hex, **FORMS.get(endpoint, _nothing)(things)}
    return FORMS.get(endpoint, _nothing)(things)


def _nothing(_things: Things) -> dict[str, Any]:
    return {}


def _day(name: str, day: date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def _soon() -> date:
    return datetime.now(UTC).date() + timedelta(days=10)


def _forming(things: Things) -> dict[str, Any]:
    return {"seen_version": things.versions["forming"]}


def _main(things: Things) -> dict[str, Any]:
    return {"seen_version": things.versions["consortium"]}


def _numbers(things: Things) -> dict[str, Any]:
    rows = [f"{things.world.bodies[body].name},{number}\n" for number, body in enumerate(MEMBERS)]
    return {"file": (io.BytesIO("".join(["Body,Number\n", *rows]).encode()), "numbers.csv")}


def _need(**values: Any) -> dict[str, Any]:
    return {
        "description": "Posts",
        "category_code": "45000000",
        "quantity": "5",
        "unit": "each",
        "place_gss": AREAS["newcastle"][0],
        **_day("needed_from", date(2027, 4, 1)),
        **_day("needed_until", date(2029, 3, 31)),
        **values,
    }


def _award(things: Things) -> dict[str, Any]:
    return {
        "supplier_id": str(things.world.organisation("builder")),
        "title": "Lighting",
        "reference": "SL-9",
        "price_pence": "1,250.50",
        **_day("awarded_on", date(2026, 11, 3)),
        **_day("starts_on", date(2026, 12, 1)),
        **_day("ends_on", date(2028, 9, 30)),
        f"commitment_{things.world.measure.id.hex}": "36",
    }


def _outcome(things: Things) -> dict[str, Any]:
    return {
        "commitment": f"{things.keys['contract_id']}:{things.world.measure.id}",
        "quantity": "1",
        "quarter_starting": "2026-10-01",
        "place": "Gateshead",
        "subject_kind": "beneficiary",
        "subject_reference": "learner 7",
        "description": "Started as an apprentice",
        "files": (io.BytesIO(b"%PDF-1.7 register"), "register.pdf"),
    }


def _correction(things: Things) -> dict[str, Any]:
    return {
        "quantity": "1",
        "quarter_starting": "2026-10-01",
        "place": "Gateshead",
        "reason": "It was in Gateshead",
        "seen_version": "1",
    }


PROBLEMS = {"api.calculate": {"parties": ["Leeds", "Hull"], "total": 5, "weights": [1, 2]}}

FORMS: dict[str, Callable[[Things], dict[str, Any]]] = {
    "consortia.answer_invitation": lambda _: {"answer": "accept", "number": 1},
    "consortia.create": lambda _: {"name": "Paper", "purpose": "Less of it."},
    "consortia.edit_agreement": lambda _: {"text": "Each body pays.", "seen_number": 1},
    "consortia.edit_lead": lambda things: {
        "lead_organisation_id": str(things.world.organisation("gateshead")),
        **_forming(things),
    },
    "consortia.edit_place": lambda things: {"area": "Gateshead", **_forming(things)},
    "consortia.edit_purpose": lambda things: {
        "name": "Signs",
        "purpose": "Signs.",
        "category_code": "45000000",
        **_forming(things),
    },
    "consortia.edit_rule": lambda things: {"decision_rule": "weighted", "quorum_percent": "60", **_forming(things)},
    "consortia.edit_timetable": lambda things: {**_day("award", date(2027, 5, 1)), **_forming(things)},
    "consortia.invite": lambda things: {"body": str(things.world.organisation("leeds"))},
    "consortia.leave": lambda _: {"reason": "We buy alone"},
    "consortia.propose_stage": lambda _: {"stage": "out_to_bid", **_day("closes_on", _soon())},
    "consortia.publish_summary": lambda things: {"public_summary": "Lights", "publish": "y", **_main(things)},
    "consortia.show_decision": lambda _: {"answer": "agree"},
    "consortia.sign_agreement": lambda _: {"agreed": "y", "number": 2},
    "consortia.withdraw_summary": lambda things: {"reason": "Not yet", **_main(things)},
    "delivery.ask_to_look": lambda _: {"grounds": "Our register has them", "seen_version": "1"},
    "delivery.check_record": lambda _: {"answer": "verify", "seen_version": "1"},
    "delivery.keep_claim": lambda _: {"grounds": "The register is ours", "seen_version": "1"},
    "delivery.record_award": _award,
    "delivery.record_outcome": _outcome,
    "identity.accept_invitation": lambda _: {"label": "New colleague", "new_password": PASSWORD},
    "identity.add_identifier": lambda _: {"scheme": "GB-COH", "value": "00000006"},
    "identity.change_roles": lambda _: {"roles": ["observer", "evaluator"], "seen_version": 1},
    "identity.end_membership": lambda _: {"seen_version": 1},
    "identity.forgotten_password": lambda _: {"email": "buyer@gateshead.example"},
    "identity.invite_person": lambda _: {"email": "sam@gateshead.example", "label": "Sam", "roles": ["buyer"]},
    "identity.register_organisation": lambda _: {"name": "Fenham Trust", "kind": "vcfse"},
    "identity.reset_password": lambda _: {"new_password": PASSWORD},
    "identity.switch_organisation": lambda things: {"organisation_id": str(things.keys["organisation_id"])},
    "measures.add_measure": lambda _: {
        "code": "LOCAL-1",
        "title": "Trees planted",
        "unit": "trees",
        "decimals": "0",
        "counts": "asset",
    },
    "lab.propose": lambda _: {
        "allocation": '{"kind": "equal"}',
        "seen_number": "0",
        "idempotency_key": "a key of the page",
    },
    "outcomes.correct": _correction,
    "outcomes.keep_books": lambda _: {"tiers": ["region"]},
    "outcomes.reopen": lambda _: {"reason": "The register is of last year", "seen_version": "1"},
    "pooling.add_budget": lambda _: {
        "financial_year": "2026",
        "amount_pence": "1,000",
        "commitment_level": "indicative",
        "source": "Highways capital",
    },
    "pooling.add_need": lambda _: _need(),
    "pooling.approve_budget": lambda _: {"answer": "approve", "reason": "", "seen_version": 1},
    "pooling.drop_upload": lambda _: {"seen_version": 1},
    "pooling.edit_budget": lambda _: {
        "financial_year": "2026",
        "amount_pence": "1,000",
        "commitment_level": "committed",
        "source": "Highways capital",
        "seen_version": 1,
    },
    "pooling.edit_need": lambda _: _need(seen_version=1),
    "pooling.remove_budget": lambda _: {"reason": "Cut by the council", "seen_version": 1},
    "pooling.remove_need": lambda _: {"reason": "Bought already", "seen_version": 1},
    "pooling.show_upload": lambda _: {"seen_version": 1},
    "pooling.upload": lambda _: {"file": (io.BytesIO(NEEDS.encode() + b"Bins,45000000,,,,,\n"), "more.csv")},
    "pooling.upload_spending": lambda _: {"file": (io.BytesIO(SPENDING + b"04/04/2022,1,Roads,Acme,,\n"), "april.csv")},
    "workspaces.add_item": lambda things: {"kind": "target", "measure_id": str(things.keys["spare_measure_id"])},
    "workspaces.comment": lambda _: {"text": "Agreed in principle"},
    "workspaces.propose": lambda _: {"quantity": "90", "seen_number": 1},
    "workspaces.weights_file": _numbers,
    "workspaces.take_position": lambda _: {"answer": "agree", "seen_number": 1},
}
