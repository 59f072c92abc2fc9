"""What people do around a contract."""

from commonpurse.delivery.commands.award import NOTHING_PROMISED, promise_faults, record_award
from commonpurse.delivery.commands.claims import Claimed, ask_to_look, keep_claim
from commonpurse.delivery.commands.evidence import UploadedFile
from commonpurse.delivery.commands.records import check_record, record_outcome, reopen_record, replace_record

__all__ = [
    "NOTHING_PROMISED",
    "Claimed",
    "UploadedFile",
    "ask_to_look",
    "check_record",
    "keep_claim",
    "promise_faults",
    "record_award",
    "record_outcome",
    "reopen_record",
    "replace_record",
]
