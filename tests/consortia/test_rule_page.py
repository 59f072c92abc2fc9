"""The page on which the lead authority chooses how the consortium decides."""

import pytest

from support.consortia_pages import events, path, text_of


def test_the_rule_page_says_who_can_block_under_each_rule(client_of, forming):
    page = text_of(client_of("newcastle").get(path(forming, "/rule")))
    for words in (
        "silence is consent",
        "or by not answering before the deadline",
        "2 of the 3 bodies can together",
        "by their weight: Newcastle upon Tyne Council",
    ):
        assert words in page


@pytest.mark.parametrize("quorum", ["fifty", "33.5"])
def test_a_quorum_that_is_no_whole_number_is_refused_in_plain_words(client_of, session, forming, quorum):
    typed = {"decision_rule": "weighted", "quorum_percent": quorum, "seen_version": forming.version}
    page = client_of("newcastle").post(path(forming, "/rule"), data=typed)
    assert "Enter the quorum as a whole number of per cent, like 50" in text_of(page)
    assert "The quorum must be between" not in text_of(page)
    assert f'value="{quorum}"' in page.text
    assert events(session, forming) == 0


@pytest.mark.parametrize("quorum", ["abc", "101"])
def test_a_quorum_does_not_concern_a_rule_without_weights(client_of, session, forming, quorum):
    typed = {"decision_rule": "majority", "quorum_percent": quorum, "seen_version": forming.version}
    assert client_of("newcastle").post(path(forming, "/rule"), data=typed).status_code == 302
    session.refresh(forming)
    assert (forming.decision_rule, forming.quorum_percent) == ("majority", 0)
