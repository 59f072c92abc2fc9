"""Who may do what: every route and every event of the live channel, and what each persona is answered.

Columns of the patterns, as in `access_people.PERSONAS`: a visitor; a stranger, who belongs to no organisation; a buyer
of a public body outside the consortium, and of a supplier; buyer and approver of a body that is invited; observer,
evaluator, approver, administrator and buyer of a body that has joined (whose own the things in question are);
administrator and buyer of the lead authority.

    +  opens, or is done        s  is asked to sign in          0  does not exist for them
    =  the page comes back,     i  is sent to the invitation    x  refused: they see it, others may do it
       nothing is stored

What one body may not see does not exist for it; x is for those who see the thing and may not act on it.
"""

from dataclasses import dataclass

PATTERNS = """
EVERYBODY            + + ++ ++ +++++ ++
NOBODY               0 0 00 00 00000 00
ASKED                = = == == ===== ==
NEWCOMERS            + = == == ===== ==
SIGNED_IN            s + ++ ++ +++++ ++
ASKED_AGAIN          s = == == ===== ==
OWN_ORGANISATION     s 0 00 00 ===== 00
ITS_ADMINISTRATORS   s x xx xx xxx+x xx
PEOPLE_OF_THEIRS     s 0 00 00 xxx+x 00
FORMING_BODIES       s x +x +x xxx++ ++
PUBLIC_BUYERS        s x +x +x xxxx+ x+
PUBLIC_BODIES        s 0 +0 ++ +++++ ++
SPENDING_BUYERS      s 0 +0 +x xxxx+ x+

INVITED              s 0 00 ++ +++++ ++
INVITED_SIGNERS      s 0 00 x+ ===== ==
MEMBERS              s 0 00 00 +++++ ++
MEMBERS_AND_INVITED  s 0 00 ii +++++ ++
SIGNERS              s 0 00 ii xx++x +x
LEAVERS              s 0 00 00 xx++x ==
LEAD                 s 0 00 00 xxxxx ++
LEAD_BUYERS          s 0 00 00 xxxxx x+
LEAD_BUYERS_ASKED    s 0 00 00 xxxxx x=
BUYERS_ASKED         s 0 00 00 xxxx= x=
LEAD_APPROVERS       s 0 00 00 xxxxx xx
BUYERS               s 0 00 00 xxxx+ x+
BUYERS_AND_APPROVERS s 0 00 00 xx+x+ x+
SECOND_PERSON        s 0 00 00 xx+xx x+
ITS_BUYERS           s 0 00 00 xxxx+ xx
ITS_APPROVERS        s 0 00 00 xx+xx xx
ITS_PEOPLE           s 0 00 00 +++++ 00
ITS_OWN_BUYERS       s 0 00 00 xxxx+ 00
"""

ROUTES = """
endpoint                         GET                  POST

notifications.home               EVERYBODY            -
notifications.outbox             NOBODY               -
api.list_operations              EVERYBODY            -
api.calculate                    -                    ASKED
api.describe                     EVERYBODY            -
ops.accessibility                EVERYBODY            -
ops.healthz                      EVERYBODY            -
ops.privacy                      EVERYBODY            -
ops.robots                       EVERYBODY            -
ops.statement_keys               EVERYBODY            -
reference.areas_json             EVERYBODY            -
reference.categories_json        EVERYBODY            -
reference.list_categories        EVERYBODY            -
transparency.register            EVERYBODY            -
transparency.ledger              EVERYBODY            -
transparency.ledger_day          EVERYBODY            -
transparency.show                EVERYBODY            -
transparency.download            EVERYBODY            -
measures.list_frameworks         EVERYBODY            -
measures.show_framework          EVERYBODY            -
measures.show_measure            EVERYBODY            -
measures.list_unit_values        EVERYBODY            -
measures.choose_model            EVERYBODY            -
measures.add_measure             PUBLIC_BUYERS        PUBLIC_BUYERS

identity.sign_in                 EVERYBODY            ASKED
identity.second_factor           EVERYBODY            ASKED
identity.forgotten_password      EVERYBODY            EVERYBODY
identity.reset_password          EVERYBODY            EVERYBODY
identity.accept_invitation       EVERYBODY            NEWCOMERS
identity.sign_out                -                    SIGNED_IN
identity.sign_out_everywhere     -                    SIGNED_IN
identity.account                 SIGNED_IN            -
identity.change_password         SIGNED_IN            ASKED_AGAIN
identity.set_up_second_factor    SIGNED_IN            ASKED_AGAIN
identity.remove_second_factor    SIGNED_IN            ASKED_AGAIN
identity.recovery_codes          SIGNED_IN            ASKED_AGAIN
identity.choose_organisation     SIGNED_IN            -
identity.switch_organisation     -                    OWN_ORGANISATION
identity.list_organisations      SIGNED_IN            -
identity.organisations_json      SIGNED_IN            -
identity.show_organisation       SIGNED_IN            -
identity.register_organisation   SIGNED_IN            SIGNED_IN
identity.add_identifier          ITS_ADMINISTRATORS   ITS_ADMINISTRATORS
identity.invite_person           ITS_ADMINISTRATORS   ITS_ADMINISTRATORS
identity.withdraw_invitation     -                    PEOPLE_OF_THEIRS
identity.change_roles            PEOPLE_OF_THEIRS     PEOPLE_OF_THEIRS
identity.end_membership          PEOPLE_OF_THEIRS     PEOPLE_OF_THEIRS

consortia.list_consortia         SIGNED_IN            -
consortia.bodies_json            SIGNED_IN            -
consortia.create                 FORMING_BODIES       FORMING_BODIES
consortia.answer_invitation      INVITED              INVITED_SIGNERS
consortia.sign_agreement         MEMBERS_AND_INVITED  SIGNERS
consortia.show                   MEMBERS_AND_INVITED  -
consortia.tasks                  MEMBERS              -
consortia.members                MEMBERS              -
consortia.leave                  MEMBERS              LEAVERS
consortia.edit_purpose           LEAD                 LEAD
consortia.edit_place             LEAD                 LEAD
consortia.edit_lead              LEAD                 LEAD
consortia.edit_rule              LEAD                 LEAD
consortia.edit_timetable         LEAD                 LEAD
consortia.edit_agreement         LEAD                 LEAD
consortia.invite                 LEAD                 LEAD
consortia.publish_summary        LEAD                 LEAD
consortia.withdraw_summary       LEAD                 LEAD
consortia.propose_stage          MEMBERS              BUYERS
consortia.show_decision          MEMBERS              BUYERS_AND_APPROVERS
consortia.withdraw_decision      -                    ITS_BUYERS

pooling.spending                 PUBLIC_BODIES        -
pooling.upload_spending          PUBLIC_BODIES        SPENDING_BUYERS
pooling.show_spend_file          PUBLIC_BODIES        -
pooling.shared_suppliers         PUBLIC_BODIES        -
pooling.export_shared_suppliers  PUBLIC_BODIES        -
pooling.show_supplier            PUBLIC_BODIES        -
pooling.needs                    MEMBERS              -
pooling.export_needs             MEMBERS              -
pooling.savings_lab              MEMBERS              -
pooling.add_need                 MEMBERS              BUYERS
pooling.edit_need                MEMBERS              ITS_BUYERS
pooling.remove_need              MEMBERS              ITS_BUYERS
pooling.budget                   MEMBERS              -
pooling.export_budget            MEMBERS              -
pooling.add_budget               MEMBERS              BUYERS
pooling.edit_budget              MEMBERS              ITS_BUYERS
pooling.remove_budget            MEMBERS              ITS_BUYERS
pooling.approve_budget           MEMBERS              ITS_APPROVERS
pooling.template                 MEMBERS              -
pooling.upload                   MEMBERS              BUYERS
pooling.show_upload              ITS_PEOPLE           ITS_OWN_BUYERS
pooling.drop_upload              -                    ITS_OWN_BUYERS

workspaces.show                  MEMBERS              -
workspaces.show_item             MEMBERS              -
workspaces.add_item              BUYERS               BUYERS
workspaces.propose               -                    BUYERS
workspaces.take_position         -                    BUYERS_AND_APPROVERS
workspaces.weights_file          BUYERS               BUYERS_ASKED
workspaces.weights_template      BUYERS               -
workspaces.weights_spending      MEMBERS              -
workspaces.comment               -                    BUYERS
workspaces.park                  -                    BUYERS
workspaces.resume                -                    BUYERS

delivery.show                    MEMBERS              -
delivery.record_award            LEAD_BUYERS          LEAD_BUYERS
delivery.record_outcome          BUYERS               BUYERS
delivery.list_records            MEMBERS              -
delivery.records_csv             MEMBERS              -
delivery.show_record             MEMBERS              -
delivery.check_record            -                    SECOND_PERSON
delivery.download_evidence       MEMBERS              -
delivery.keep_claim              -                    BUYERS
delivery.list_clashes            MEMBERS              -
delivery.show_clash              MEMBERS              -
delivery.ask_to_look             -                    BUYERS

outcomes.ledger                  MEMBERS              -
outcomes.issue                   -                    LEAD_BUYERS
outcomes.show_split              MEMBERS              -
outcomes.statement               MEMBERS              -
outcomes.download_statement      MEMBERS              -
outcomes.statements              MEMBERS              -
outcomes.issue_statements        -                    LEAD_APPROVERS
outcomes.show_edition            MEMBERS              -
outcomes.download_edition        MEMBERS              -
outcomes.shares                  MEMBERS              -
outcomes.weights                 MEMBERS              -
outcomes.weights_csv             MEMBERS              -
outcomes.divide_anew             -                    LEAD_BUYERS_ASKED
outcomes.areas                   MEMBERS              -
outcomes.keep_books              -                    LEAD_BUYERS
outcomes.area_book               MEMBERS              -
outcomes.area_book_csv           MEMBERS              -
lab.show                         MEMBERS              -
lab.propose                      -                    BUYERS
outcomes.correct                 BUYERS               BUYERS
outcomes.reopen                  SECOND_PERSON        SECOND_PERSON
"""

EVENTS = """
workspace:join                   MEMBERS
workspace:here                   MEMBERS
item:offer                       BUYERS
item:position                    BUYERS_AND_APPROVERS
item:comment                     BUYERS
"""


@dataclass(frozen=True)
class Line:
    """What an endpoint answers to one method, one letter for each column."""

    endpoint: str
    method: str
    letters: str

    def __str__(self) -> str:
        """As a test's name."""
        return f"{self.method} {self.endpoint}"


def _rows(table: str) -> list[list[str]]:
    return [row.split() for row in table.splitlines() if row.strip()]


def patterns() -> dict[str, str]:
    """The letters of each pattern."""
    return {name: "".join(groups) for name, *groups in _rows(PATTERNS)}


def routes() -> list[Line]:
    """Every endpoint with every method."""
    (_heading, *methods), *rows = _rows(ROUTES)
    known = patterns()
    return [
        Line(endpoint, method, known[name])
        for endpoint, *names in rows
        for method, name in zip(methods, names, strict=True)
        if name != "-"
    ]


def events() -> dict[str, str]:
    """The letters of every event of the live channel."""
    known = patterns()
    return {event: known[name] for event, name in _rows(EVENTS)}
