"""A statement's document as its PDF says it: the same tables as the page, in the shape that typst reads."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

import commonpurse.outcomes.views.tables as tables
from commonpurse.calc import quantity
from commonpurse.outcomes.rules import Document, SplitLine
from commonpurse.web.pages import say_datetime
from commonpurse.web.words import say


def printed(document: Document, digest: str, signature: Mapping[str, str] | None) -> dict[str, Any]:
    """What `templates/outcomes/statement.typ` reads."""
    splits, more = tables.explained(document)
    shown = (each(document) for each in (tables.shares, tables.wholes, tables.targets, tables.values))
    order = ", ".join(party.name for party in document.parties[:-1])
    return {
        "title": _("Statement of %(body)s", body=document.body.name),
        "author": document.issue.issued_by if document.issue else document.consortium.name,
        "lang": get_locale().language,
        "footer": f"{document.body.name}, {_edition(document)}, {digest[:16]}",
        "lead": _lead(document),
        "tables": [table._asdict() for table in shown if table.rows],
        "certificate": {
            "title": _("Certificate"),
            "order": _("In this order: %(bodies)s.", bodies=order),
            "lines": [f"{measure.title}. {tables.certificate(measure)}" for measure in document.measures],
        },
        "explained": _("How each figure of this quarter came about"),
        "more": _more(more),
        "sentences": [_explained(document, split) for split in splits],
        "proof": {"title": _("Proof"), "lines": _proof(digest, signature)},
    }


def _edition(document: Document) -> str:
    return str(_("edition %(number)s", number=document.issue.edition) if document.issue else _("draft"))


def _lead(document: Document) -> list[str]:
    issue = document.issue
    until = _("Up to and including %(quarter)s", quarter=say(document.quarter.sentence()))
    lines = [document.consortium.name, until, _edition(document)]
    if issue:
        moment = say_datetime(datetime.fromisoformat(issue.issued_at))
        lines.append(_("Issued by %(lead)s, %(moment)s", lead=issue.issued_by, moment=moment))
    if issue and issue.previous:
        replaced = _("Replaces the edition with the digest %(digest)s", digest=issue.previous)
        lines += [replaced, _("Reason: %(reason)s", reason=issue.reason)]
    return lines


def _more(more: int) -> str:
    said = ngettext("%(num)s more split is in the JSON file.", "%(num)s more splits are in the JSON file.", more)
    return said if more else ""


def _explained(document: Document, split: SplitLine) -> dict[str, Any]:
    measure = document.measure(split.measure)
    title = _(
        "%(measure)s, %(place)s: %(share)s %(unit)s",
        measure=measure.title,
        place=document.name_of(split.place),
        share=quantity.say(split.share, measure.decimals),
        unit=measure.unit,
    )
    return {"title": title, "lines": [say(words.sentence()) for words in split.sentences]}


def _proof(digest: str, signature: Mapping[str, str] | None) -> list[str]:
    lines = [_("Digest: %(digest)s", digest=digest)]
    if signature is None:
        return [*lines, _("This is a draft: it was not issued and is not signed.")]
    return [
        *lines,
        _("Signature: %(signature)s", signature=signature["value"]),
        _("Key: %(key)s", key=signature["key"]),
        _("The signed JSON file of this edition holds everything needed to do the sums again."),
    ]
