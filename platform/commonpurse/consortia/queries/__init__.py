"""Reads of consortia: rows for commands, pages for views."""

from commonpurse.consortia.queries.decisions import (
    DecisionPage,
    decision_page,
    due_decisions,
    get_decision,
    open_stage_move,
)
from commonpurse.consortia.queries.faces import Face, body_rows, face_of, rule_in_words, stages_in_words
from commonpurse.consortia.queries.facts import (
    administrators_of,
    find_area,
    find_category,
    find_public_bodies,
    find_public_body,
    joined_parts,
    standing,
    weights_of,
)
from commonpurse.consortia.queries.membership import (
    Body,
    get_consortium,
    get_joined_consortium,
    joined_bodies,
    latest_agreement,
    participation_of,
    signatures_by_body,
)
from commonpurse.consortia.queries.pages import ConsortiumRow, home_page, joined_consortia, list_page, tasks_page
from commonpurse.consortia.queries.steps import (
    EditPage,
    agreement_page,
    edit_page,
    invite_page,
    is_invited,
    members_page,
    moves_page,
)
from commonpurse.consortia.queries.waiting import LONDON, last_day, waiting

__all__ = [
    "LONDON",
    "Body",
    "ConsortiumRow",
    "DecisionPage",
    "EditPage",
    "Face",
    "administrators_of",
    "agreement_page",
    "body_rows",
    "decision_page",
    "due_decisions",
    "edit_page",
    "face_of",
    "find_area",
    "find_category",
    "find_public_bodies",
    "find_public_body",
    "get_consortium",
    "get_decision",
    "get_joined_consortium",
    "home_page",
    "invite_page",
    "is_invited",
    "joined_bodies",
    "joined_consortia",
    "joined_parts",
    "last_day",
    "latest_agreement",
    "list_page",
    "members_page",
    "moves_page",
    "open_stage_move",
    "participation_of",
    "rule_in_words",
    "signatures_by_body",
    "stages_in_words",
    "standing",
    "tasks_page",
    "waiting",
    "weights_of",
]
