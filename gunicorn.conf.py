"""Threads in one worker by default; several workers need Redis, or the start is refused."""

import os

from config import Config, Misconfigured

bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '5000'}"
workers = int(os.environ.get("WEB_CONCURRENCY") or "1")
worker_class = "gthread"
threads = int(os.environ.get("THREADS") or "100")  # A live connection keeps one thread.
graceful_timeout = 5
control_socket_disable = True


def on_starting(server) -> None:  # type: ignore[no-untyped-def]
    """Refuse a start that would split the live rooms between workers."""
    os.environ["WEB_CONCURRENCY"] = str(server.cfg.workers)
    try:
        Config.from_env()
    except Misconfigured as reason:
        server.log.error("Not started: %s.", reason)
        raise SystemExit(1) from reason
