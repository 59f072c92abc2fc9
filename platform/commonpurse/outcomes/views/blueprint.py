"""Where the pages of the ledger hang."""

from flask import Blueprint

blueprint = Blueprint("outcomes", __name__, url_prefix="/consortia/<uuid:consortium_id>/outcomes")
