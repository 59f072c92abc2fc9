"""The settings of the running service, read from the environment by wsgi.py and the tests only."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent
LEAST_CHARACTERS = 32
"""Of a secret key. One that can be guessed lets anybody sign in as anybody."""


class Misconfigured(Exception):
    """A setting is missing or two settings contradict each other; the message says which and why."""


@dataclass(frozen=True)
class Config:
    """No default suits production by accident: a missing key stops the start.

    `.env.example` lists every key with its meaning.
    """

    SECRET_KEY: str
    PSEUDONYM_KEY: str
    DATABASE_URL: str
    BASE_URL: str
    STATEMENT_KEY: str | None = None
    STATEMENT_OLD_KEYS: tuple[str, ...] = ()
    REDIS_URL: str | None = None
    JOBS_URL: str = "immediate"
    MAIL_URL: str | None = None
    MAIL_FROM: str = "Commonpurse <no-reply@localhost>"
    BREACHED_PASSWORDS_FILE: str | None = None
    WORKERS: int = 1
    PROXIES: int = 0
    DEMO: bool = False
    TESTING: bool = False
    SESSION_COOKIE_SECURE: bool = True
    SESSION_COOKIE_HTTPONLY: bool = True
    SESSION_COOKIE_SAMESITE: str = "Lax"
    SESSION_COOKIE_NAME: str = "commonpurse"
    MAX_CONTENT_LENGTH: int = 25 * 1024 * 1024
    MAX_FORM_PARTS: int = 2000
    WTF_CSRF_TIME_LIMIT: None = None
    BABEL_DEFAULT_LOCALE: str = "en_GB"
    RATELIMIT_ENABLED: bool = True
    REFERENCE_FOLDER: Path = field(default=ROOT / "reference")

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Config":
        """Read every setting. Raises Misconfigured for a missing or contradictory one."""
        missing = [key for key in ("SECRET_KEY", "DATABASE_URL") if not env.get(key)]
        if missing:
            raise Misconfigured(f"set {' and '.join(missing)} in the environment; .env.example says how")
        if len(env["SECRET_KEY"]) < LEAST_CHARACTERS:
            raise Misconfigured(f"SECRET_KEY must have {LEAST_CHARACTERS} random characters or more: it signs sessions")
        keys = [*env.get("STATEMENT_KEY", "").split(), *env.get("STATEMENT_OLD_KEYS", "").split()]
        if not all(re.fullmatch(r"[0-9a-f]{64}", key) for key in keys):
            raise Misconfigured("STATEMENT_KEY and STATEMENT_OLD_KEYS are 64 hexadecimal digits each, in lower case")
        if len(env.get("STATEMENT_KEY", "").split()) > 1:
            raise Misconfigured("STATEMENT_KEY is one key; those of before belong in STATEMENT_OLD_KEYS")
        typed = env.get("WEB_CONCURRENCY") or "1"
        if not typed.isdecimal() or int(typed) < 1:
            raise Misconfigured(f"WEB_CONCURRENCY is {typed}, but must be a whole number from 1")
        workers = int(typed)
        proxies = env.get("PROXIES") or "0"
        if not re.fullmatch("[0-9]", proxies):
            raise Misconfigured(f"PROXIES is {proxies}, but must be a whole number from 0 to 9")
        redis_url = env.get("REDIS_URL") or None
        if workers > 1 and redis_url is None:
            raise Misconfigured(
                f"WEB_CONCURRENCY is {workers} but REDIS_URL is not set: without Redis a person in one worker would "
                "not see what happens in another. Set REDIS_URL, or run one worker"
            )
        base_url = env.get("BASE_URL") or f"http://127.0.0.1:{env.get('PORT') or '5000'}"
        return cls(
            SECRET_KEY=env["SECRET_KEY"],
            PSEUDONYM_KEY=env.get("PSEUDONYM_KEY") or env["SECRET_KEY"],
            DATABASE_URL=env["DATABASE_URL"],
            STATEMENT_KEY=env.get("STATEMENT_KEY", "").strip() or None,
            STATEMENT_OLD_KEYS=tuple(env.get("STATEMENT_OLD_KEYS", "").split()),
            BASE_URL=base_url,
            REDIS_URL=redis_url,
            JOBS_URL=env.get("JOBS_URL") or redis_url or f"sqlite:///{ROOT / 'var' / 'jobs.db'}",
            MAIL_URL=env.get("MAIL_URL") or None,
            MAIL_FROM=env.get("MAIL_FROM") or cls.MAIL_FROM,
            BREACHED_PASSWORDS_FILE=env.get("BREACHED_PASSWORDS_FILE") or None,
            WORKERS=workers,
            PROXIES=int(proxies),
            DEMO=env.get("DEMO") == "1",
            SESSION_COOKIE_SECURE=base_url.startswith("https:"),
        )
