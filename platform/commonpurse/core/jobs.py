"""Work done outside a request, through huey: mail and exports.

A job is a plain function with a name. It is asked for inside a transaction and sent only after
the commit, so a job never runs for something that did not happen.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from huey import Huey
    from huey.consumer import Consumer

Job = Callable[..., None]

_jobs: dict[str, Job] = {}
_regular: dict[str, Job] = {}
_settings: dict[str, Any] = {}
_tasks: dict[str, Any] = {}
_making = Lock()
"""Two requests may be the first that need the queue."""


def job(function: Job) -> Job:
    """Make `function` a job under its own name; its arguments must be plain JSON values."""
    _jobs[function.__name__] = function
    return function


def every_ten_minutes(function: Job) -> Job:
    """Have the worker run `function` every ten minutes."""
    _regular[function.__name__] = function
    return function


def configure(url: str, *, run_in: Callable[[Job], Job] = lambda function: function) -> None:
    """Send jobs to `url`: `redis://...`, `sqlite:///FILE`, or `immediate` to run them at once.

    Args:
        run_in: wraps each job, for example in the application's context.
    """
    _settings.update(url=url, run_in=run_in, queue=None)
    _tasks.clear()


def _queue() -> "Huey":
    """The configured queue, made when it is first needed: huey takes a third of a second to import."""
    if not _settings:
        raise RuntimeError("no queue is configured")
    with _making:
        if _settings["queue"] is None:
            queue = _make_queue(_settings["url"])
            for name, function in _jobs.items():
                _tasks[name] = queue.task(name=name, retries=5, retry_delay=60)(_settings["run_in"](function))
            for name, function in _regular.items():
                queue.periodic_task(_tenth_minute, name=name)(_settings["run_in"](function))
            _settings["queue"] = queue
    return _settings["queue"]


def _tenth_minute(now: datetime) -> bool:
    return now.minute % 10 == 0


def _make_queue(url: str) -> "Huey":
    from huey import MemoryHuey, RedisHuey, SqliteHuey

    if url == "immediate":
        return MemoryHuey("commonpurse", immediate=True, results=False)
    if urlsplit(url).scheme in {"redis", "rediss"}:
        return RedisHuey("commonpurse", url=url, results=False)
    return SqliteHuey("commonpurse", filename=str(Path(url.removeprefix("sqlite:///"))), results=False, fsync=True)


def ask(session: Session, name: str, *arguments: Any) -> None:
    """Run the job `name` with `arguments` once the transaction of `session` has committed."""
    if name not in _jobs:
        raise KeyError(name)
    session.info.setdefault("jobs", []).append((name, arguments))


def to_send(session: Session) -> list[Callable[[], None]]:
    """What puts each job that was asked for on the queue. For after the commit."""
    return [partial(start, name, *arguments) for name, arguments in session.info.pop("jobs", [])]


def start(name: str, *arguments: Any) -> None:
    """Put the job on the queue at once."""
    _queue()
    _tasks[name](*arguments)


def consumer() -> "Consumer":
    """The worker that runs jobs from the configured queue until it is stopped."""
    return _queue().create_consumer(workers=1)
