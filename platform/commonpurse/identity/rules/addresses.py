"""Addresses people give us: of mail, and of the page to go to next."""

from urllib.parse import urlsplit


def normal_email(typed: str) -> str:
    """The form an e-mail address is stored and compared in."""
    return typed.strip().lower()


def is_email(typed: str) -> bool:
    """Whether mail can be sent to it; whether the address exists is not asked."""
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(typed, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def own_path(address: str | None, *, otherwise: str = "/") -> str:
    r"""`address` if it is a path of this service, else `otherwise`.

    Browsers read `//host`, `/\host` and paths with tabs or line ends as other hosts, so all of them are refused.
    """
    if not address or not address.startswith("/") or address.startswith("//") or "\\" in address:
        return otherwise
    if any(ord(sign) < 33 or ord(sign) == 127 for sign in address):
        return otherwise
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc else otherwise


def path_of(referrer: str | None, host: str) -> str | None:
    """The path and query of `referrer` where it is a page of `host`."""
    try:
        parts = urlsplit(referrer or "")
    except ValueError:  # such as http://[
        return None
    if parts.scheme not in {"http", "https"} or parts.netloc != host:
        return None
    return own_path(f"{parts.path}?{parts.query}" if parts.query else parts.path or "/")


def one_line(typed: str) -> str:
    """A name as it is kept: one line, single spaces, nothing invisible."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in typed).split())
