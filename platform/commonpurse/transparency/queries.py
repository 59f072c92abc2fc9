"""What everybody may read about a consortium that has published itself."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from commonpurse.consortia.models import Consortium
from commonpurse.consortia.queries import Face, face_of, joined_bodies, stages_in_words
from commonpurse.core.errors import NotFound
from commonpurse.reference.models import Area

ROWS_A_PAGE = 20


@dataclass(frozen=True)
class RegisterPage:
    """One page of the register; `pages` counts them."""

    rows: tuple[Face, ...]
    total: int
    number: int
    pages: int


def register_page(session: Session, *, q: str = "", number: int = 1) -> RegisterPage:
    """Published consortia whose name or place holds every word of `q`, the latest published first."""
    query = select(Consortium).outerjoin(Consortium.area).where(Consortium.published_at.is_not(None))
    for word in q.split():
        query = query.where(
            Consortium.name.icontains(word, autoescape=True) | Area.name.icontains(word, autoescape=True)
        )
    total = session.scalar(select(func.count()).select_from(query.with_only_columns(Consortium.id).subquery())) or 0
    rows = session.scalars(
        query.options(
            joinedload(Consortium.lead),
            joinedload(Consortium.area),
            joinedload(Consortium.category),
            selectinload(Consortium.milestones),
        )
        .order_by(Consortium.published_at.desc(), Consortium.id)
        .limit(ROWS_A_PAGE)
        .offset((number - 1) * ROWS_A_PAGE)
    )
    faces = tuple(face_of(consortium) for consortium in rows)
    return RegisterPage(faces, total, number, -(-total // ROWS_A_PAGE))


@dataclass(frozen=True)
class PublicPage:
    """A published consortium: its face, the names of the bodies that have joined, and all stages in order."""

    face: Face
    bodies: tuple[str, ...]
    stages: tuple[tuple[str, str], ...]


def public_page(session: Session, consortium_id: UUID) -> PublicPage:
    """What a consortium has published. Raises NotFound where it has published nothing."""
    consortium = session.scalars(
        select(Consortium).where(Consortium.id == consortium_id, Consortium.published_at.is_not(None))
    ).one_or_none()
    if consortium is None:
        raise NotFound("No consortium has published a page here")
    names = tuple(body.name for body in joined_bodies(session, consortium.id))
    return PublicPage(face_of(consortium), names, stages_in_words())
