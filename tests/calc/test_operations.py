"""Every operation: its example runs, what it answers adds up, and nothing hostile gets more than a sentence."""

import json
import random
import time
import tracemalloc

import pytest

from commonpurse.calc import operations
from commonpurse.calc.digest import canonical
from commonpurse.calc.operations.problem import MOST_CHARACTERS, MOST_DIGITS
from support.problems import asks_much, hostile, worst

NAMES = list(operations.OPERATIONS)
OF_EACH = -(-10_000 // len(NAMES))
NOT_PARTS = {"voting_power"}
"""Operations whose amounts are no parts of a whole."""
MOST_SECONDS = 20
"""A bound, not a speed: ten times what the slowest takes on two idle cores, so that a busy machine passes."""
MOST_BYTES = 64 * 1024 * 1024


def solved(name, problem):
    text = problem if isinstance(problem, str) else json.dumps(problem)
    return operations.find(name).answer(text)


def refusal(name, problem):
    with pytest.raises(operations.BadProblem) as caught:
        solved(name, problem)
    return str(caught.value)


def check(answer):
    """What every answer promises, whatever was asked."""
    canonical(answer)
    assert len(answer["amounts"]) == len(answer["parties"])
    assert list(answer["shares"].values()) == answer["amounts"]
    if answer["operation"] in NOT_PARTS:
        assert answer["adds_up"] is None
    else:
        assert answer["adds_up"].startswith("Adds up exactly: ")


@pytest.mark.parametrize("name", NAMES)
def test_the_example_of_an_operation_runs_and_its_answer_adds_up(name):
    operation = operations.OPERATIONS[name]
    answer = solved(name, operations.write(operation.example))
    check(answer)
    assert (answer["operation"], answer["engine"]) == (name, operations.ENGINE)
    if "total" in operation.example:
        assert sum(answer["amounts"]) == operation.example["total"]


@pytest.mark.parametrize("name", NAMES)
def test_an_operation_says_what_it_is_in_sentences(name):
    operation = operations.OPERATIONS[name]
    assert operation.description.endswith(".")
    assert operation.check.endswith(".")
    assert not operation.title.endswith(".")
    assert all(part.meaning for part in operation.parts.values())
    assert set(operation.problem.schema()["properties"]) == {*operation.parts, "numbers"}


@pytest.mark.parametrize("name", NAMES)
def test_hostile_problems_get_a_right_answer_or_a_sentence(name):
    make = random.Random(name)
    for _ in range(OF_EACH):
        text = hostile(make, operations.OPERATIONS[name])
        started = time.thread_time()
        try:
            check(operations.find(name).answer(text))
        except operations.BadProblem as refused:
            said = str(refused)
            assert said.isprintable(), text
            assert len(said) < 1_000, text
        assert time.thread_time() - started < MOST_SECONDS, text


@pytest.mark.parametrize("name", [name for name in NAMES if asks_much(name)])
def test_the_worst_problem_takes_no_more_than_its_time(name):
    for problem in worst(name):
        text = json.dumps(problem)
        assert len(text) <= MOST_CHARACTERS
        started = time.thread_time()
        check(solved(name, text))
        assert time.thread_time() - started < MOST_SECONDS


# Operations of large answers; those that take long would take ten times longer while memory is watched.
@pytest.mark.parametrize(
    "name", ["largest_remainder", "claims_minimal_overlap", "gross_to_net", "credit_ledger", "core"]
)
def test_the_largest_answer_takes_no_more_than_its_memory(name):
    for problem in worst(name):
        text = json.dumps(problem)
        tracemalloc.start()
        try:
            solved(name, text)
            assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
        finally:
            tracemalloc.stop()


NAMED = [f"body {place}" for place in range(60)]
SMALL = {"parties": ["Leeds", "Hull"], "total": 5, "weights": [1, 2]}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"total": 5.5}, "total: must be a whole number, written without a fraction or an exponent"),
        ({"total": True}, "total: must be a whole number"),
        ({"total": None}, "total: must be a whole number"),
        ({"total": "five"}, "total: must be a whole number"),
        ({"total": "05"}, "total: must be a whole number"),
        ({"total": 10**MOST_DIGITS}, "total: must have at most 40 digits"),
        ({"weights": [1]}, "weights: must have one entry for each of the 2 parties, not 1"),
        ({"weights": [1, -1]}, "weights[1]: must be 0 or more"),
        ({"weights": [0, 0]}, "weights must be zero or more, and one of them above zero"),
        ({"weights": {}}, "weights: must be a list"),
        ({"weights": [1] * 1001}, "weights: must have between 1 and 1,000 entries, not 1,001"),
        ({"parties": ["Leeds", "Leeds"]}, "parties[1]: 'Leeds' is at place 0 already"),
        ({"parties": ["Leeds", ""]}, "parties[1]: must have between 1 and 60 characters"),
        ({"parties": ["Leeds", "\x1b[2J"]}, "parties[1]: must be printable text without spaces at its ends"),
        ({"parties": ["Leeds", 2]}, "parties[1]: must be text"),
        ({"colour": 1}, "The problem has no key 'colour'; its keys are parties, total, weights, numbers"),
        ({"numbers": "roman"}, "numbers: must be one of number, text"),
    ],
)
def test_a_refusal_says_what_is_wrong_and_where(changed, said):
    assert refusal("largest_remainder", {**SMALL, **changed}) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"total": NaN}', "The problem is not JSON: NaN is not a number"),
        ('{"total": -Infinity}', "The problem is not JSON: -Infinity is not a number"),
        ('{"total": 1, "total": 2}', "The key 'total' is given twice"),
        ('{"a": 1, "b": 1, "c": 1, "b": 2}', "The key 'b' is given twice"),
        ("[" * 100_000, "The problem is nested too deeply"),
        ("{}", "parties: is missing: The parties, each named once; the order settles ties"),
        ("7", "The problem must be an object"),
        ("", "The problem is not JSON: Expecting value at line 1, column 1"),
        (" " * (MOST_CHARACTERS + 1), "A problem has at most 524,288 characters"),
    ],
)
def test_what_is_no_problem_at_all_is_refused(text, said):
    assert refusal("largest_remainder", text) == said


def test_what_is_no_text_is_refused():
    with pytest.raises(operations.NotJSON, match="The problem is not text in UTF-8"):
        operations.find("largest_remainder").answer(b'{"total": "\xff"}')


def test_a_million_digits_are_refused_without_being_read():
    started = time.thread_time()
    assert "at most 40 digits" in refusal("largest_remainder", json.dumps(SMALL).replace("5", "9" * 500_000))
    assert time.thread_time() - started < 0.2


def test_numbers_beyond_doubles_keep_every_digit_as_numbers_and_as_text():
    large = 2**53 + 1
    problem = {"parties": ["Leeds", "Hull"], "total": str(2 * large), "weights": [1, "1"]}
    assert solved("largest_remainder", problem)["amounts"] == [large, large]
    as_text = solved("largest_remainder", {**problem, "numbers": "text"})
    assert as_text["amounts"] == [str(large), str(large)]
    assert as_text["steps"]["extra_unit"] == [False, False]


def test_keys_in_another_order_give_the_same_answer():
    problem = operations.OPERATIONS["gross_to_net"].example
    assert solved("gross_to_net", dict(reversed(problem.items()))) == solved("gross_to_net", problem)


def test_an_answer_that_does_not_add_up_never_leaves(monkeypatch):
    from commonpurse.calc.operations import sharing

    monkeypatch.setattr(sharing.Answer, "__init__", broken(sharing.Answer.__init__))
    with pytest.raises(RuntimeError, match="largest_remainder answered 6 of 5"):
        solved("largest_remainder", SMALL)


def broken(make):
    def init(self, parties, amounts, total, *rest):
        make(self, parties, (amounts[0] + 1, *amounts[1:]), total, *rest)

    return init


@pytest.mark.parametrize(
    ("name", "changed", "said"),
    [
        ("allocation", {"rule": {"kind": "lottery"}}, "rule.kind: must be one of"),
        ("allocation", {"rule": {"kind": "equal", "cap": "most"}}, "rule.cap: Enter each percentage"),
        ("allocation", {"holder": "Leeds"}, "Leeds holds the place but is not on the roster"),
        ("allocation", {"tiers": {"district": "Gateshead"}, "holder": "Gateshead"}, "tiers: cannot be given beside"),
        ("allocation", {"tiers": {"parish": "Gateshead"}}, "tiers: has no key 'parish'"),
        ("allocation", {"weights": {"Leeds": 1}}, "Leeds"),
        ("shapley", {"volumes": [1, 2, 3]}, "only in one way"),
        ("shapley", {"costs": [1, 2, 3]}, "costs: must have 7 values, one for each group"),
        ("shapley", {"costs": 7}, "costs: must be an object or a list"),
        ("shapley", {"costs": {"Newcastle": 1}}, "costs: has no value for the group 'Gateshead'"),
        ("shapley", {"costs": {"Leeds": 1}}, "costs['Leeds']: 'Leeds' is not one of the parties"),
        ("shapley", {"costs": {"Newcastle + Newcastle": 1}}, "names 'Newcastle' twice"),
        (
            "shapley",
            {"costs": {"Newcastle + Gateshead": 1, "Gateshead + Newcastle": 1}},
            "names a group that has a value already",
        ),
        ("shapley", {"parties": NAMED[:13]}, "parties: must be 12 or fewer"),
        (
            "shapley",
            {"parties": ["a", "a + b"], "costs": {"a": 1}},
            "parties[1]: ' + ' stands between the names of a group",
        ),
        ("shapley", {"tariff": {"starts": [0], "prices": [1]}}, "only in one way"),
        ("shapley", {"costs": None}, "costs: must be an object or a list"),
        ("equal_price", {"costs": [1, 2, 3]}, "The problem has no key 'costs'"),
        ("equal_price", {"volumes": [1]}, "volumes: must have one entry for each of the 3 parties, not 1"),
        (
            "nucleolus",
            {"parties": list("abcdefghijk"), "costs": [0] * 2047},
            "parties: must be 10 or fewer for this method",
        ),
        ("core", {"volumes": [10**9, 1, 1]}, "volumes: are too uneven"),
        (
            "voting_power",
            {"parties": NAMED[:17], "weights": [10**6, *[1] * 16], "quota": 10**6},
            "weights: are too many",
        ),
        (
            "voting_power",
            {"parties": NAMED[:17], "weights": [1] * 17, "quota": 10**6},
            "a quota of 1000000 is not above",
        ),
        (
            "biproportional",
            {"parties": NAMED[:60], "weights": [[1, 1, 1]] * 60, "party_totals": [10**9] * 60},
            "weights: is too large with such totals",
        ),
        ("controlled_rounding", {"table": [["1/0"] * 3] * 3}, "table[0][0]: cannot be divided by zero"),
        (
            "controlled_rounding",
            {"table": [[0.5] * 3] * 3},
            'table[0][0]: must be a whole number, or text such as "1/3"',
        ),
        ("controlled_rounding", {"table": [["half"] * 3] * 3}, "table[0][0]: must be a whole number, or text"),
        ("biproportional", {"column_totals": [20]}, "column_totals: must have one entry for each of the 3 columns"),
        ("biproportional", {"weights": [[1, 2]] * 3}, "weights[0]: must have one entry for each of the 3 columns"),
        ("gross_to_net", {"deadweight": "120%"}, "deadweight: must be 1 or less"),
        ("gross_to_net", {"deadweight": "-1/2"}, "deadweight: must be 0 or more"),
        ("gross_to_net", {"years": 101}, "years: must be 100 or less"),
        ("claims_talmud", {"parties": ["unallocated", "b", "c"]}, "parties: unallocated is what the last place"),
        ("decision", {"deadline_passed": 1}, "deadline_passed: must be true or false"),
        ("credit_roster", {"credits_before": []}, "credits_before: must be an object"),
        ("credit_roster", {"credits_before": {}}, "credits_before: must have between 1 and 1,000 entries, not 0"),
    ],
)
def test_every_operation_refuses_what_it_cannot_answer(name, changed, said):
    assert said in refusal(name, {**operations.OPERATIONS[name].example, **changed})


def test_two_cells_never_share_a_name():
    problem = {"parties": ["a", "a / b"], "columns": ["b / c", "c"], "table": [[1, 1], [1, 1]]}
    assert "two cells would have the same name" in refusal("controlled_rounding", problem)


def test_an_unknown_operation_is_named_safely():
    with pytest.raises(operations.Unknown, match=r"There is no operation '\\x1b\[2J'"):
        operations.find("\x1b[2J")


def test_of_groups_that_would_gain_the_same_none_is_said_to_gain_more():
    game = {"parties": ["Leeds", "Hull", "York"], "savings": [5, 5, 10, 0, 5, 5, 10], "amounts": [0, 0, 10]}
    answer = solved("core", game)
    assert answer["group"] == ["Leeds", "Hull"]
    assert answer["explanation"] == ["Leeds + Hull would gain 10 by leaving, and no other group more."]
    alike = solved("core", {**game, "savings": [5, 5, 5, 0, 5, 5, 10]})
    assert (alike["group"], alike["steps"]["gain"]) == (["Leeds"], "5")


def test_a_game_of_volumes_too_uneven_to_count_is_looked_at_group_by_group():
    tariff = {"starts": [0, 10**9], "prices": [5, 4]}
    few = {"parties": ["a", "b"], "volumes": [10**9, 1], "tariff": tariff}
    assert sum(solved("shapley", few)["amounts"]) == 4 * (10**9 + 1)
    many = {"parties": [f"body {n}" for n in range(13)], "volumes": [10**9, *range(1, 13)], "tariff": tariff}
    assert refusal("shapley", many).startswith("volumes: are too uneven to count")


def test_a_mixture_goes_by_numbers_that_the_parties_named():
    leg = {"kind": "recorded_weights", "basis": "Headcount"}
    rule = {"kind": "hybrid", "legs": [{"percent": "50", "rule": leg}, {"percent": "50", "rule": {"kind": "need"}}]}
    problem = {"parties": ["a", "b"], "total": 100, "rule": rule, "bases": {"need": {"a": 1}}}
    assert solved("allocation", {**problem, "recorded": {"Headcount": {"b": 1}}})["amounts"] == [50, 50, 0]
    alone = {"parties": ["a", "b"], "total": 4, "rule": leg, "weights": {"a": 1, "b": 3}}
    assert solved("allocation", alone)["amounts"] == [1, 3, 0]


def test_each_tier_of_the_place_has_its_part_and_one_without_a_holder_stays_unallocated():
    shares = {"district": "60", "county": "30", "combined_authority": "10"}
    problem = {"parties": ["a", "b"], "total": 100, "rule": {"kind": "tiers", "shares": shares}}
    assert solved("allocation", {**problem, "tiers": {"county": "a", "district": "b"}})["amounts"] == [30, 60, 10]
