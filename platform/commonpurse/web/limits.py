"""Rate limits on sign-in, mail and expensive reads."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, headers_enabled=True)

SIGN_IN = "20 per minute"
MAIL = "10 per minute"
EXPENSIVE = "60 per minute"
SUGGESTIONS = "300 per minute"
