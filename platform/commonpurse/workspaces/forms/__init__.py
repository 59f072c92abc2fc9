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
from commonpurse.workspaces.forms.offers import offer_form
from commonpurse.workspaces.forms.weights import WeightsOfferForm, weights_form

__all__ = [
    "ActForm",
    "AddItemForm",
    "AllocationOfferForm",
    "CommentForm",
    "ItemForm",
    "JoinForm",
    "NegotiatingForm",
    "PositionForm",
    "TargetOfferForm",
    "WeightsOfferForm",
    "allocation_form",
    "offer_form",
    "weights_form",
]
