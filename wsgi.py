"""What gunicorn and the flask command start: `wsgi:app`."""

from commonpurse.app import create_app
from config import Config

app = create_app(Config.from_env())
