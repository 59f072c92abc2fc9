"""What people do in a workspace."""

from commonpurse.workspaces.commands.agenda import add_item, comment, open_workspace, park, resume, settle_due
from commonpurse.workspaces.commands.offers import make_offer, take_position

__all__ = ["add_item", "comment", "make_offer", "open_workspace", "park", "resume", "settle_due", "take_position"]
