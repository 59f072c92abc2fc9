"""Forms of the room: each is posted by a page and sent over the live channel alike."""

from commonpurse.workspaces.forms.acts import (
    ActForm,
    AddItemForm,
    CommentForm,
    ItemForm,
    JoinForm,
    NegotiatingForm,
    PositionForm,
    TargetOfferForm,
)
from commonpurse.workspaces.forms.allocation import AllocationOfferForm, allocation_form
from commonpurse.workspaces.forms.files import COLUMNS, Fault, WeightsFileForm, read_weights_file
from commonpurse.workspaces.forms.offers import offer_form
from commonpurse.workspaces.forms.weights import WeightsOfferForm, weights_form

__all__ = [
    "COLUMNS",
    "ActForm",
    "AddItemForm",
    "AllocationOfferForm",
    "CommentForm",
    "Fault",
    "ItemForm",
    "JoinForm",
    "NegotiatingForm",
    "PositionForm",
    "TargetOfferForm",
    "WeightsFileForm",
    "WeightsOfferForm",
    "allocation_form",
    "offer_form",
    "read_weights_file",
    "weights_form",
]
