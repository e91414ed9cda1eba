"""The picture that other sites show beside a link to an offer: its title on the colour of its topic, 1200 × 630 PNG."""

import io
import threading
from collections.abc import Sequence
from pathlib import Path

import resvg_py
from PIL import Image, ImageDraw, ImageFont

from col_core.base.colours import parse
from col_core.web.assets import Assets

WIDTH, HEIGHT = 1200, 630
_MARGIN = 72
_TEXT_WIDTH = 760
_MOST_LINES = 4
_PAPER, _INK = "#fdfcf8", "#16241d"
# One picture takes some 60 ms of a processor; a crawl must not take them all.
_AT_ONCE = threading.Semaphore(1)

Font = ImageFont.FreeTypeFont


def draw(
    *, title: str, lines: Sequence[str], city: str, category: str | None, assets: Assets, logo: Path | None
) -> bytes:
    """Return the picture as PNG. `lines` (when, where) stand under the title, `city` at the foot."""
    with _AT_ONCE:
        picture = _background(category, assets, logo)
        pen = ImageDraw.Draw(picture)
        top = _MARGIN
        size = 76 if len(title) < 44 else 58
        for line in _wrapped(title, assets, "bricolage-grotesque", size, b"Bold"):
            _write(pen, (_MARGIN, top), line, assets, "bricolage-grotesque", size, b"Bold", _PAPER)
            top += round(size * 1.1)
        top += 18
        for line in lines:
            shown = _wrapped(line, assets, "figtree", 36, b"Medium")[:1]
            for each in shown:
                _write(pen, (_MARGIN, top), each, assets, "figtree", 36, b"Medium", _PAPER)
                top += 50
        _write(pen, (_MARGIN + (84 if logo else 0), HEIGHT - 82), city, assets, "figtree", 34, b"SemiBold", _INK)
        kept = io.BytesIO()
        picture.quantize(128).save(kept, "PNG", optimize=True)
        return kept.getvalue()


def _background(category: str | None, assets: Assets, logo: Path | None) -> Image.Image:
    colour = parse(assets.category_colour(category)) if category else None
    fill = colour.hex() if colour else _INK
    sign = ""
    if category:
        sign = (
            f'<svg x="820" y="110" width="330" height="330" viewBox="0 0 32 32" fill="#000" fill-opacity=".22">'
            f"{assets.drawing(f'shape-{category}')}</svg>"
            f'<svg x="890" y="180" width="190" height="190" viewBox="0 0 24 24" fill="none" stroke="{_PAPER}" '
            f'stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">'
            f"{assets.drawing(f'category-{category}')}</svg>"
        )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{fill}"/>{sign}'
        f'<rect y="{HEIGHT - 110}" width="{WIDTH}" height="110" fill="{_PAPER}"/></svg>'
    )
    picture = _rendered(svg)
    if logo is not None:
        mark = _rendered(logo.read_text(encoding="utf-8"), width=64)
        picture.paste(mark, (_MARGIN, HEIGHT - 55 - mark.height // 2), mark)
    return picture.convert("RGB")


def _rendered(svg: str, *, width: int | None = None) -> Image.Image:
    data = resvg_py.svg_to_bytes(svg_string=svg, width=width, skip_system_fonts=True)
    return Image.open(io.BytesIO(bytes(data))).convert("RGBA")


def _wrapped(text: str, assets: Assets, family: str, size: int, weight: bytes) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width(longer, assets, family, size, weight) <= _TEXT_WIDTH:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], f"{lines[_MOST_LINES - 1]} …"]
    return lines


def _width(text: str, assets: Assets, family: str, size: int, weight: bytes) -> float:
    return sum(_font(assets, family, size, weight, extended).getlength(run) for run, extended in _runs(text))


def _write(
    pen: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    assets: Assets,
    family: str,
    size: int,
    weight: bytes,
    colour: str,
) -> None:
    left, top = at
    for run, extended in _runs(text):
        font = _font(assets, family, size, weight, extended)
        pen.text((left, top), run, font=font, fill=colour)
        left += font.getlength(run)


def _runs(text: str) -> list[tuple[str, bool]]:
    """Cut a line where the file of the typeface changes: č and ė stand in another one than a and b."""
    runs: list[tuple[str, bool]] = []
    for letter in text:
        extended = 0x100 <= ord(letter) < 0x2000
        if runs and runs[-1][1] is extended:
            runs[-1] = (runs[-1][0] + letter, extended)
        else:
            runs.append((letter, extended))
    return runs


def _font(assets: Assets, family: str, size: int, weight: bytes, extended: bool) -> Font:
    subset = "latin-ext" if extended else "latin"
    font = ImageFont.truetype(io.BytesIO(assets.content(f"{family}-{subset}-wght-normal.woff2")), size)
    font.set_variation_by_name(weight)
    return font
