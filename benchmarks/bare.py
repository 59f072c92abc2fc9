"""The smallest application of the same kind: what `benchmarks.start` compares with."""

import os

from flask import Flask
from flask_socketio import SocketIO
from sqlalchemy import create_engine, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    """The bare application's tables."""


class Note(Base):
    """Its only one."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


app = Flask(__name__)
socketio = SocketIO(app, async_mode="threading")
engine = create_engine(os.environ["DATABASE_URL"])


@app.get("/healthz")
def healthz() -> dict[str, str]:
    with Session(engine) as session:
        session.execute(text("SELECT 1")).one()
    return {"status": "ok"}
