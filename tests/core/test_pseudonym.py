"""Keys that stand for people and things."""

import pytest

from commonpurse.core.pseudonym import bind, pseudonym


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setattr("commonpurse.core.pseudonym._bound", {})
    bind("a key of the tests")


@pytest.mark.parametrize(
    "same",
    [
        "ap-0001 é",
        " AP - 0001\u00a0É\t",
        "AP-0001 e\u0301",
        "AP\u20110001 é",
        "AP\u20130001 é",
        "\ufeffAP-00\u200b01 \u00adé",
        "ＡＰ-0001 é",
        "AP\uff0d0001 é",
    ],
)
def test_however_a_reference_is_written_its_key_is_the_same(same):
    assert pseudonym("beneficiary", same) == pseudonym("beneficiary", "AP-0001é")


def test_another_reference_kind_or_key_of_the_service_gives_another_key():
    first = pseudonym("beneficiary", "AP-0001")
    assert first != pseudonym("beneficiary", "AP-00011")
    assert first != pseudonym("beneficiary", "AP0001")
    assert first != pseudonym("asset", "AP-0001")
    bind("another key")
    assert first != pseudonym("beneficiary", "AP-0001")


@pytest.mark.parametrize("empty", ["", "  \t", "\u200b \ufeff"])
def test_a_reference_of_nothing_that_can_be_seen_has_no_key(empty):
    with pytest.raises(ValueError, match="empty reference"):
        pseudonym("beneficiary", empty)


def test_no_key_is_made_before_the_key_of_the_service_is_bound(monkeypatch):
    monkeypatch.setattr("commonpurse.core.pseudonym._bound", {})
    with pytest.raises(RuntimeError):
        pseudonym("beneficiary", "AP-0001")
