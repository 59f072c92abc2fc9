"""Jobs run at once in tests, from a file in the demonstration, from Redis in production."""

import time
from datetime import datetime
from threading import Thread

import pytest

from commonpurse.core import jobs


@pytest.fixture
def rung(monkeypatch):
    """A job that notes its arguments, and the queue put back afterwards."""
    seen: list[object] = []

    def ring(*arguments: object) -> None:
        seen.append(arguments)

    monkeypatch.setattr(jobs, "_jobs", {"ring": ring})
    monkeypatch.setattr(jobs, "_regular", {})
    monkeypatch.setattr(jobs, "_tasks", {})
    monkeypatch.setattr(jobs, "_settings", {})
    return seen


def _work_until(seen: list[object], count: int) -> None:
    consumer = jobs.consumer()
    consumer._set_signal_handlers = lambda: None  # Only the main thread may.
    worker = Thread(target=consumer.run)
    worker.start()
    deadline = time.monotonic() + 20
    while len(seen) < count and time.monotonic() < deadline:
        time.sleep(0.05)
    consumer.stop()
    worker.join(20)


def test_an_immediate_job_runs_at_once(rung):
    jobs.configure("immediate")
    jobs.start("ring", "a", 1)
    assert rung == [("a", 1)]


def test_a_job_waits_in_a_file_until_the_worker_comes(rung, tmp_path):
    jobs.configure(f"sqlite:///{tmp_path / 'jobs.db'}")
    jobs.start("ring", "a")
    assert rung == []
    _work_until(rung, 1)
    assert rung == [("a",)]


def test_a_job_waits_in_redis_until_the_worker_comes(rung, redis_url):
    jobs.configure(redis_url)
    jobs.start("ring", "a")
    assert rung == []
    _work_until(rung, 1)
    assert rung == [("a",)]


def test_the_worker_does_regular_work_when_its_minute_comes(rung, tmp_path, monkeypatch):
    monkeypatch.setattr(jobs, "_regular", {"tidy": lambda: rung.append("tidied")})
    monkeypatch.setattr(jobs, "_tenth_minute", lambda _now: True)
    jobs.configure(f"sqlite:///{tmp_path / 'jobs.db'}")
    _work_until(rung, 1)
    assert rung[0] == "tidied"


@pytest.mark.parametrize(("minute", "comes"), [(0, True), (9, False), (10, True), (50, True), (59, False)])
def test_regular_work_comes_every_ten_minutes(minute, comes):
    assert jobs._tenth_minute(datetime(2026, 11, 2, 9, minute)) is comes  # noqa: DTZ001 - huey gives it without a zone


def test_a_job_runs_inside_what_the_application_wraps_it_in(rung):
    jobs.configure("immediate", run_in=lambda job: lambda *arguments: job("wrapped", *arguments))
    jobs.start("ring", "a")
    assert rung == [("wrapped", "a")]


def test_two_threads_may_be_the_first_to_send_a_job(rung):
    faults: list[Exception] = []

    def start() -> None:
        try:
            jobs.start("ring", "second")
        except Exception as fault:  # noqa: BLE001 - of any kind
            faults.append(fault)

    second = Thread(target=start)

    def wrap(job):
        second.start()
        second.join(0.3)  # Long enough to find a queue that is only half made.
        return job

    jobs.configure("immediate", run_in=wrap)
    jobs.start("ring", "first")
    second.join(20)
    assert faults == []
    assert sorted(rung) == [("first",), ("second",)]


def test_without_a_queue_there_is_no_worker(rung):
    with pytest.raises(RuntimeError, match="no queue"):
        jobs.consumer()
