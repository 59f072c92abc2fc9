"""What gunicorn and the flask command start: `wsgi:app`."""

import gc

gc.disable()  # Importing leaves no garbage, and looking for it takes a tenth of the start.

from commonpurse.app import create_app  # noqa: E402
from config import Config  # noqa: E402

app = create_app(Config.from_env())
gc.freeze()
gc.enable()
