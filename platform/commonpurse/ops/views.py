"""Health of the service, and what it says of itself."""

from flask import Blueprint, Response, jsonify, render_template
from flask.typing import ResponseReturnValue
from msgspec.structs import asdict

from commonpurse.core import signature
from commonpurse.ops import queries
from commonpurse.web.access import public

blueprint = Blueprint("ops", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """200 while the database answers and is migrated, else 503; says nothing else."""
    if not queries.database_answers():
        return jsonify(status="database unreachable"), 503
    return jsonify(status="ok")


@blueprint.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """The accessibility statement."""
    return render_template("ops/accessibility.html")


@blueprint.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """What is kept about people, and why."""
    return render_template("ops/privacy.html")


@blueprint.get("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    """Only the public register is for search engines."""
    return Response("User-agent: *\nAllow: /register\nDisallow: /\n", mimetype="text/plain")


@blueprint.get("/statements/key")
@public
def statement_keys() -> ResponseReturnValue:
    """The keys by which anybody can check the signature of a statement, those of before included."""
    keys = [{"algorithm": "Ed25519", **asdict(key)} for key in signature.public_keys()]
    return jsonify(keys=keys, signed="the SHA-256 of the statement, as 64 hexadecimal digits in ASCII")
