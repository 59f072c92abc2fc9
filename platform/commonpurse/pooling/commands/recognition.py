"""Recognising suppliers anew over everything that was imported."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from commonpurse.pooling.models import Payment, Spelling, SpendSupplier
from commonpurse.pooling.rules.continuity import Recognised, continue_suppliers
from commonpurse.pooling.rules.suppliers import Cluster, Mention, match

Written = tuple[str, str, str]
"""A beneficiary as written, with its company and charity number."""


def take_turns(session: Session) -> None:
    """Wait until no other import is recognising: two that do not see each other's names would miss matches.

    On SQLite every writer waits for the one before already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE pooling_spend_supplier IN SHARE ROW EXCLUSIVE MODE"))


def spell(session: Session, written: Iterable[Written]) -> dict[Written, UUID]:
    """The key of every spelling there is, those in `written` added where they are new."""
    rows = session.execute(select(Spelling.beneficiary, Spelling.company_number, Spelling.charity_number, Spelling.id))
    known: dict[Written, UUID] = {(name, company, charity): key for name, company, charity, key in rows}
    new = {each: uuid4() for each in dict.fromkeys(written) if each not in known}
    if new:
        session.execute(
            insert(Spelling),
            [
                {
                    "id": key,
                    "beneficiary": name,
                    "company_number": company,
                    "charity_number": charity,
                    "reason": "",
                    "confidence_percent": 0,
                }
                for (name, company, charity), key in new.items()
            ],
        )
    return known | new


def recognise(session: Session) -> None:
    """Match all spellings to suppliers; suppliers known already keep their keys, so that links to them stay."""
    rows = session.execute(
        select(
            Spelling.id,
            Spelling.beneficiary,
            Spelling.company_number,
            Spelling.charity_number,
            Spelling.supplier_id,
            Spelling.reason,
            Spelling.confidence_percent,
            func.count(Payment.row).label("payments"),
        )
        .outerjoin(Payment, Payment.spelling_id == Spelling.id)
        .group_by(Spelling.id)
        .order_by(Spelling.id)
    ).all()
    by_writing = {(row.beneficiary, row.company_number, row.charity_number): row for row in rows}
    clusters = match(Mention(row.beneficiary, "", row.company_number, row.charity_number, row.payments) for row in rows)
    suppliers = _keep_suppliers(session, clusters, by_writing)
    changes: list[dict[str, Any]] = []
    for cluster, supplier_id in zip(clusters, suppliers, strict=True):
        for member in cluster.members:
            row = by_writing[_writing(member.mention)]
            found = {
                "supplier_id": supplier_id,
                "reason": member.reason.msgid,
                "confidence_percent": member.confidence_percent,
            }
            if (row.supplier_id, row.reason, row.confidence_percent) != tuple(found.values()):
                changes.append({"id": row.id, **found})
    if changes:
        session.execute(update(Spelling), changes)


def _keep_suppliers(session: Session, clusters: Sequence[Cluster], by_writing: dict[Written, Any]) -> list[UUID]:
    """The key of each cluster's supplier; new ones are added, renamed ones renamed, merged ones point on."""
    stored = session.execute(
        select(SpendSupplier.id, SpendSupplier.key, SpendSupplier.name, SpendSupplier.merged_into_id)
    ).all()
    known = {row.key: row.id for row in stored}
    continuity = continue_suppliers([_recognised(cluster, by_writing) for cluster in clusters], known)
    by_id = {row.id: row for row in stored}
    keys: list[UUID] = []
    added: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for cluster, identity in zip(clusters, continuity.identities, strict=True):
        keys.append(identity or uuid4())
        if identity is None:
            key = _free_key(cluster.key, known)
            known[key] = keys[-1]
            added.append({"id": keys[-1], "key": key, "name": cluster.display_name})
        elif (by_id[identity].name, by_id[identity].merged_into_id) != (cluster.display_name, None):
            changed.append({"id": identity, "name": cluster.display_name, "merged_into_id": None})
    kept = set(keys)
    for row in stored:
        # One that had gone into a supplier that is now merged itself goes on with it.
        at = continuity.merged.get(row.id, continuity.merged.get(row.merged_into_id))
        if at is not None and row.id not in kept:
            changed.append({"id": row.id, "name": row.name, "merged_into_id": keys[at]})
    if added:
        session.execute(insert(SpendSupplier), added)
    if changed:
        session.execute(update(SpendSupplier), changed)
    return keys


def _recognised(cluster: Cluster, by_writing: dict[Written, Any]) -> Recognised[UUID]:
    payments: Counter[UUID] = Counter()
    for member in cluster.members:
        row = by_writing[_writing(member.mention)]
        if row.supplier_id is not None:
            payments[row.supplier_id] += row.payments
    return Recognised(cluster.key, payments)


def _writing(mention: Mention) -> Written:
    return mention.name, mention.company_number, mention.charity_number


def _free_key(key: str, known: dict[str, UUID]) -> str:
    """The key itself, or with a number where a supplier of another name still holds it."""
    number, free = 1, key
    while free in known:
        number += 1
        free = f"{key} ({number})"
    return free
