"""`flask calc`, as somebody types it: without a database, with the same answers as the API."""

import json

import pytest

from commonpurse.calc import operations

NAMES = list(operations.OPERATIONS)


@pytest.fixture
def typed(application):
    runner = application.test_cli_runner()
    return lambda *words, problem=None: runner.invoke(args=["calc", *words], input=problem)


def test_the_list_names_every_operation_with_its_title(typed):
    lines = typed("--list").stdout.splitlines()
    assert [line.split(None, 1) for line in lines] == [
        [each.name, each.title] for each in operations.OPERATIONS.values()
    ]


@pytest.mark.parametrize("name", NAMES)
def test_an_example_runs_and_the_api_answers_the_same(typed, application, name):
    example = typed(name, "--example")
    assert example.exit_code == 0
    answered = typed(name, problem=example.stdout)
    assert (answered.exit_code, answered.stderr) == (0, "")
    response = application.test_client().post(f"/api/v1/calc/{name}", json=json.loads(example.stdout))
    assert json.loads(answered.stdout) == response.json


def test_a_problem_can_stand_in_a_file(typed, tmp_path):
    file = tmp_path / "problem.json"
    file.write_text('{"parties": ["Leeds", "Hull"], "total": 5, "weights": [1, 2]}')
    assert json.loads(typed("largest_remainder", str(file)).stdout)["amounts"] == [2, 3]


@pytest.mark.parametrize(
    ("words", "problem", "said"),
    [
        (["largest_remainder"], '{"parties": ["a"], "total": 1.5, "weights": [1]}', "total: must be a whole number"),
        (["largest_remainder"], "{", "The problem is not JSON"),
        (["largest_remainder"], " " * (operations.MOST_CHARACTERS + 1), "at most"),
        (["largest_remainder"], "\ud800".encode("utf-8", "surrogatepass"), "not text in UTF-8"),
        (["largest_remainder", "/no/such/file"], None, "No such file"),
        (["guess"], "{}", "There is no operation 'guess'"),
        (["guess", "--example"], None, "There is no operation 'guess'"),
        ([], None, "Name an operation"),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_sentence(typed, words, problem, said):
    result = typed(*words, problem=problem)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr
