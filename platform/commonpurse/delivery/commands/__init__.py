"""What people do around a contract."""

from commonpurse.delivery.commands.award import record_award
from commonpurse.delivery.commands.records import check_record, record_outcome, reopen_record, replace_record
from commonpurse.delivery.rules import UploadedFile

__all__ = ["UploadedFile", "check_record", "record_award", "record_outcome", "reopen_record", "replace_record"]
