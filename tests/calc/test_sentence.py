from commonpurse.calc.sentence import Sentence, message


def test_a_sentence_reads_as_english_with_its_values():
    assert str(Sentence("%(done)s of %(all)s, or 50%%", {"done": 2, "all": "4"})) == "2 of 4, or 50%"


def test_a_sentence_may_have_no_values():
    assert Sentence("Plain").values == {}
    assert str(Sentence("Plain")) == "Plain"


def test_marking_a_message_leaves_it_as_it_is():
    assert message("100%% of %(all)s") == "100%% of %(all)s"
