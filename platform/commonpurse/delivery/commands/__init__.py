"""What people do around a contract."""

from commonpurse.delivery.commands.award import NOTHING_PROMISED, promise_faults, record_award
from commonpurse.delivery.commands.records import check_record, record_outcome, reopen_record, replace_record
from commonpurse.delivery.rules import UploadedFile

__all__ = [
    "NOTHING_PROMISED",
    "UploadedFile",
    "check_record",
    "promise_faults",
    "record_award",
    "record_outcome",
    "reopen_record",
    "replace_record",
]
