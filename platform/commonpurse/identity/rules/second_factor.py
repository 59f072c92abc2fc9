"""The second factor: time-based codes (RFC 6238) and the recovery codes that replace them."""

import hmac
from base64 import b32encode
from datetime import datetime
from hashlib import sha256
from secrets import token_bytes

import pyotp

STEP_SECONDS = 30
STEPS_ASIDE = 1
"""How many steps a clock may be off, either way."""

RECOVERY_CODES = 10


def new_secret() -> str:
    """160 random bits in base 32, as authenticator apps take them."""
    return pyotp.random_base32()


def in_groups(secret: str) -> str:
    """The secret in groups of four, for typing."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def address(secret: str, email: str) -> str:
    """What the QR code holds."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Commonpurse")


def matching_step(secret: str, typed: str, *, now: datetime, last_step: int) -> int | None:
    """The step whose code was typed, or None. A step that was used, or is older than one used, never matches again."""
    code = "".join(typed.split())
    if not (code.isascii() and code.isdigit() and len(code) == 6):
        return None
    current = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for step in range(max(current - STEPS_ASIDE, last_step + 1), current + STEPS_ASIDE + 1):
        if hmac.compare_digest(totp.generate_otp(step), code):
            return step
    return None


def new_recovery_codes() -> tuple[str, ...]:
    """Codes of 80 random bits, in groups of four."""
    return tuple("-".join(_groups(b32encode(token_bytes(10)).decode().lower())) for _ in range(RECOVERY_CODES))


def hash_recovery_code(typed: str) -> str:
    """What is stored of a recovery code; spaces, hyphens and upper case do not matter."""
    plain = "".join(sign for sign in typed.lower() if sign.isalnum())
    return sha256(plain.encode()).hexdigest()


def _groups(code: str) -> list[str]:
    return [code[start : start + 4] for start in range(0, len(code), 4)]
