"""What a city's theme brings into the picture of a badge: its pattern, its logo, its paper."""

from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from markupsafe import escape

from col_core.base.colours import parse
from col_core.base.settings import ThemeConfig
from col_core.web.theme import light_tokens

_SVG = "{http://www.w3.org/2000/svg}"
# A drawing is passed on as strokes and surfaces; nothing that loads, runs or links.
_ELEMENTS = frozenset({"g", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon"})
_ATTRIBUTES = frozenset({
    "d", "cx", "cy", "r", "rx", "ry", "x", "y", "x1", "y1", "x2", "y2", "width", "height", "points", "transform",
    "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap",
    "stroke-linejoin", "stroke-dasharray", "opacity",
})  # fmt: skip
_DOTS = '<circle cx="8" cy="8" r="2.2" fill="#fff"/>'
_PAPER, _ACCENT = "#ffffff", "#355070"


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """SVG elements on a field that is so wide and high."""

    elements: str
    width: float
    height: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Motif:
    """What every badge of a city shares. `pattern` is in one colour, `PEN`, which the badge replaces."""

    paper: str
    accent: str
    pattern: Drawn
    logo: Drawn | None


def motif_of(theme: ThemeConfig) -> Motif:
    """Return what `theme` brings; a drawing that cannot be put on badges is left out (`left_out` says which)."""
    tokens = light_tokens(theme)
    paper, accent = parse(tokens["surface"]), parse(tokens["accent"])
    pattern = _drawn(theme.pattern, pen="#fff") if theme.pattern is not None else None
    logo = _drawn(theme.logo) if theme.logo is not None else None
    return Motif(
        paper=paper.hex() if paper else _PAPER,
        accent=accent.hex() if accent else _ACCENT,
        pattern=pattern if isinstance(pattern, Drawn) else Drawn(elements=_DOTS, width=16, height=16),
        logo=logo if isinstance(logo, Drawn) else None,
    )


def left_out(theme: ThemeConfig) -> list[str]:
    """Return why the city's drawings cannot be put on badges, a sentence for each that cannot."""
    drawn = [_drawn(file) for file in (theme.pattern, theme.logo) if file is not None]
    return [each for each in drawn if isinstance(each, str)]


def _drawn(file: Path, *, pen: str | None = None) -> Drawn | str:
    """Return what `file` draws, with `pen` every line and surface in that colour; or why it cannot be said."""
    try:
        root = fromstring(file.read_bytes())
        left, top, width, height = (float(each) for each in root.get("viewBox", "").replace(",", " ").split())
    except (ParseError, DefusedXmlException, ValueError, OSError):
        return f'{file} cannot be put on badges; expected an SVG with a viewBox, such as viewBox="0 0 48 48".'
    if width <= 0 or height <= 0:
        return f"{file} cannot be put on badges: its viewBox is empty."
    inner = "".join(_written(each, pen) for each in root)
    moved = f'<g transform="translate({-left:g} {-top:g})">{inner}</g>' if left or top else inner
    return Drawn(elements=moved, width=width, height=height)


def _written(element: Element, pen: str | None) -> str:
    name = element.tag.removeprefix(_SVG) if isinstance(element.tag, str) else ""
    if name not in _ELEMENTS:
        return ""
    said = "".join(
        f' {key}="{escape(_coloured(key, value, pen))}"' for key, value in element.items() if key in _ATTRIBUTES
    )
    return f"<{name}{said}>{''.join(_written(each, pen) for each in element)}</{name}>"


def _coloured(key: str, value: str, pen: str | None) -> str:
    # url(…) would lead to a definition that is not passed on, or elsewhere.
    if key in ("fill", "stroke"):
        if "url(" in value:
            return "none"
        return pen if pen is not None and value != "none" else value
    return value
