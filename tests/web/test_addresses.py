"""Addresses are read and written as Werkzeug does it, and their builders wait until a link is made."""

import pytest
from flask import Flask, url_for
from werkzeug.routing import BuildError, Rule

from commonpurse.web.addresses import Address

ADDRESSES = ("/", "/things/<int:number>", "/things/<int:number>/<name>.csv", "/a b/<path:rest>")
LINKS = (
    ("0", {}),
    ("1", {"number": 7}),
    ("2", {"number": 7, "name": "Ünder & so", "page": 2, "_anchor": "end"}),
    ("3", {"rest": "one/two", "rule": "values may have any name", "self": "too"}),
)


def an_application(kind: type[Rule]) -> Flask:
    app = Flask("addresses", static_folder=None)
    app.url_rule_class = kind
    for number, address in enumerate(ADDRESSES):
        app.add_url_rule(address, str(number), lambda **values: values)
    return app


def links(app: Flask) -> list[str]:
    with app.test_request_context():
        return [url_for(endpoint, **values) for endpoint, values in LINKS * 2]


def test_links_are_those_of_werkzeug_the_first_time_and_after():
    assert links(an_application(Address)) == links(an_application(Rule))


def test_a_link_without_its_values_is_refused_as_werkzeug_does():
    app = an_application(Address)
    with app.test_request_context(), pytest.raises(BuildError, match="number"):
        url_for("1")


def test_no_builder_is_compiled_before_the_first_link(monkeypatch):
    compiled = []
    original = Rule._compile_builder

    def counting(rule, append_unknown=True):
        compiled.append(rule.rule)
        return original(rule, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", counting)
    app = an_application(Address)
    assert app.test_client().get("/things/7").json == {"number": 7}
    assert compiled == []
    links(app)
    assert sorted(compiled) == sorted(ADDRESSES), "each builder that is used is compiled once"


def test_the_application_uses_them(app):
    others = [rule.endpoint for rule in app.url_map.iter_rules() if not isinstance(rule, Address)]
    assert others == ["static"], "Flask adds that one before it can be told"
