"""The look keeps its promises: colours that can be read, a type of our own, nothing of the Crown's."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PALETTE = dict(
    re.findall(r"^\$([\w-]+): (#[0-9a-f]{6});", (ROOT / "static/src/styles/_palette.scss").read_text(), re.MULTILINE)
)

TEXT_ON = [
    *((text, "white") for text in ("ink", "deep", "teal", "amber", "red", "green", "plum", "slate")),
    *((text, "stone") for text in ("ink", "deep", "teal", "slate", "red")),
    *(
        ("ink", ground)
        for ground in ("teal-soft", "amber-soft", "green-soft", "red-soft", "plum-soft", "rule", "focus")
    ),
    *(("white", ground) for ground in ("deep", "teal", "amber", "red", "green")),
]
SHAPES_ON_WHITE = ["teal-mid", "amber-mid", "teal", "amber", "deep"]


def luminance(colour: str) -> float:
    """Relative luminance. Source: WCAG 2.2, definition of relative luminance."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21. Source: WCAG 2.2, definition of contrast ratio."""
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.fixture(scope="module")
def css() -> str:
    """The style sheet as browsers get it."""
    dist = ROOT / "static" / "dist"
    name: str = json.loads((dist / "manifest.json").read_text())["app.css"]
    return (dist / name).read_text()


def test_contrast_is_measured_as_published() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_can_be_read_on_its_ground(text: str, ground: str) -> None:
    assert contrast(PALETTE[text], PALETTE[ground]) >= 4.5


@pytest.mark.parametrize("shape", SHAPES_ON_WHITE)
def test_shapes_can_be_told_from_paper(shape: str) -> None:
    assert contrast(PALETTE[shape], PALETTE["white"]) >= 3


def test_the_style_sheet_asks_for_no_font_and_no_crown(css: str) -> None:
    assert "@font-face" not in css
    assert "GDS Transport" not in css
    assert "crest" not in css
    assert "crown" not in css


def test_nothing_but_our_own_colours_is_left_of_the_buttons_and_links(css: str) -> None:
    """GOV.UK's blue and green would make a page look like theirs."""
    assert f"--govuk-brand-colour: {PALETTE['teal']}" in css
    shown = re.findall(r"\.govuk-button\{[^}]*background-color:(#[0-9a-f]{6})", css)
    assert shown
    assert set(shown) == {PALETTE["teal"]}
