"""Cold start to the first byte, beside a bare Flask, SQLAlchemy and Flask-SocketIO application.

Promise: the median ratio of pairs started one after the other is under 1.5.
"""

import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAIRS = 7
PROMISE = 1.5
PATIENCE_SECONDS = 60


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def seconds_to_first_byte(application: str, environment: dict[str, str]) -> float:
    """Start `application` under gunicorn and measure until /healthz answers 200."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", application]
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**environment, "PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while time.perf_counter() - started < PATIENCE_SECONDS:
            if answers(port):
                return time.perf_counter() - started
            time.sleep(0.005)
        raise TimeoutError(f"{application} did not answer in {PATIENCE_SECONDS} seconds")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except ConnectionError:
        return False
    finally:
        connection.close()


def main() -> None:
    """Print each pair and the median ratio; exit 1 if the promise does not hold."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
            "PYTHONDONTWRITEBYTECODE": "",
            "SECRET_KEY": "only for this measurement, long enough",
            "DATABASE_URL": f"sqlite:///{folder}/start.db",
            "JOBS_URL": "immediate",
        }
        alembic = [str(Path(sys.executable).parent / "alembic"), "upgrade", "head"]
        subprocess.run(alembic, cwd=ROOT, env=environment, check=True, capture_output=True)
        for application in ("wsgi:app", "benchmarks.bare:app"):  # Compile everything once.
            seconds_to_first_byte(application, environment)
        ratios = []
        for _ in range(PAIRS):
            ours = seconds_to_first_byte("wsgi:app", environment)
            bare = seconds_to_first_byte("benchmarks.bare:app", environment)
            ratios.append(ours / bare)
            print(f"Commonpurse {ours:.2f} s, bare {bare:.2f} s, ratio {ours / bare:.2f}")
    ratio = statistics.median(ratios)
    print(f"median ratio {ratio:.2f} of {PAIRS} pairs; promised: under {PROMISE}")
    sys.exit(0 if ratio < PROMISE else 1)


if __name__ == "__main__":
    main()
