"""Finding areas and categories by what people type."""

from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from commonpurse.reference.models import Area, Category
from commonpurse.reference.rules import Situation, places_of


class Found(Struct, frozen=True):
    """A thing found by typing: its code and how it reads in a list."""

    value: str
    label: str


def search_areas(session: Session, q: str, *, limit: int = 10) -> list[Found]:
    """Areas whose name or code holds every word of `q`, those that begin with it first."""
    words = q.casefold().split()
    if not words:
        return []
    statement = select(Area).where(*_holds_all(Area.searchable, words))
    starts_first = case((Area.searchable.startswith(words[0], autoescape=True), 0), else_=1)
    rows = session.scalars(statement.order_by(starts_first, Area.name, Area.gss).limit(limit))
    return [Found(area.gss, f"{area.name} ({area.kind}, {area.gss})") for area in rows]


def search_categories(session: Session, q: str, *, limit: int = 20) -> list[Found]:
    """Categories whose code begins with `q` or whose title holds every word of it, general ones first."""
    words = q.casefold().split()
    if not words:
        return []
    statement = select(Category).where(*_holds_all(Category.searchable, words))
    begins = or_(
        Category.title.istartswith(words[0], autoescape=True), Category.code.startswith(words[0], autoescape=True)
    )
    rows = session.scalars(statement.order_by(case((begins, 0), else_=1), Category.code).limit(limit))
    return [Found(category.code, f"{category.code} {category.title}") for category in rows]


def _holds_all(column: InstrumentedAttribute[str], words: list[str]) -> list[ColumnElement[bool]]:
    return [column.contains(word, autoescape=True) for word in words]


def get_area(session: Session, gss: str | None) -> Area | None:
    """The area with this GSS code, or None."""
    return session.get(Area, gss.strip().upper()) if gss else None


def find_area(session: Session, typed: str) -> Area | None:
    """The area with this GSS code, or the only one of this name, short or official, however its letters are cased."""
    plain = " ".join(typed.split())
    known = get_area(session, plain)
    if known is not None:
        return known
    name = plain.lower()
    query = select(Area).where(or_(func.lower(Area.name) == name, func.lower(Area.official_name) == name))
    named = session.scalars(query.order_by(Area.gss).limit(2)).all()
    return named[0] if len(named) == 1 else None


def get_category(session: Session, code: str | None) -> Category | None:
    """The category with this code, its check digit ignored, or None."""
    return session.get(Category, code.strip().partition("-")[0]) if code else None


def names_of_areas(session: Session, codes: Collection[str]) -> dict[str, str]:
    """The names of these areas by GSS code."""
    rows = session.execute(select(Area.gss, Area.name).where(Area.gss.in_(codes)))
    return {row.gss: row.name for row in rows}


def titles_of_categories(session: Session, codes: Collection[str]) -> dict[str, str]:
    """The titles of these categories by code."""
    rows = session.execute(select(Category.code, Category.title).where(Category.code.in_(codes)))
    return {row.code: row.title for row in rows}


def areas_by_name(session: Session) -> dict[str, set[str]]:
    """The GSS codes of the areas by each name of theirs, short or official, in small letters, and each by itself."""
    found: dict[str, set[str]] = {}
    for gss, name, official in session.execute(select(Area.gss, Area.name, Area.official_name)):
        for called in (gss, name.lower(), official.lower()):
            found.setdefault(called, set()).add(gss)
    return found


def known_categories(session: Session) -> frozenset[str]:
    """Every CPV code."""
    return frozenset(session.scalars(select(Category.code)))


class CategoryPage(Struct, frozen=True):
    """One category, where it belongs, and what belongs to it."""

    code: str
    title: str
    parents: tuple[Found, ...]
    children: tuple[Found, ...]


def category_page(session: Session, code: str | None) -> CategoryPage | None:
    """A category with its parents from the top and its children; the divisions for no code."""
    children = select(Category).where(Category.parent_code == code).order_by(Category.code)
    below = tuple(Found(child.code, child.title) for child in session.scalars(children))
    here = get_category(session, code)
    if code and here is None:
        return None
    parents: list[Found] = []
    above = here.parent_code if here else None
    while above and (parent := session.get(Category, above)):
        parents.insert(0, Found(parent.code, parent.title))
        above = parent.parent_code
    return CategoryPage(here.code if here else "", here.title if here else "", tuple(parents), below)


def places_by_tier(session: Session, codes: Collection[str]) -> dict[str, dict[str, str]]:
    """The places in which each of these areas lies, by GSS code and tier."""
    rows = session.execute(
        select(Area.gss, Area.kind, Area.county, Area.combined_authority, Area.region, Area.nation).where(
            Area.gss.in_(codes)
        )
    )
    return {row.gss: places_of(Situation(*row)) for row in rows}
