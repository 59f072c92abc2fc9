"""Which form an offer is made with."""

from datetime import date

from commonpurse.workspaces.forms.acts import NegotiatingForm, TargetOfferForm
from commonpurse.workspaces.forms.allocation import allocation_form
from commonpurse.workspaces.forms.weights import weights_form
from commonpurse.workspaces.queries import OfferShape


def offer_form(shape: OfferShape, today: date) -> type[NegotiatingForm]:
    """The form in which an item is offered on: a target, a rule for its bodies, or what they weigh."""
    if shape.kind == "target":
        return TargetOfferForm
    if shape.kind == "weights":
        return weights_form(shape.bodies, today, shape.starts)
    return allocation_form(shape.bodies, shape.bases)
