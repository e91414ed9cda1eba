"""The picture that other sites show beside a link: a title on the colour of its topic or by its badge, 1200 × 630."""

import io
import threading
from collections.abc import Sequence
from pathlib import Path

import resvg_py
from PIL import Image, ImageDraw

from col_core.base.colours import parse
from col_core.web.assets import Assets
from col_core.web.typesetting import wrapped, write

WIDTH, HEIGHT = 1200, 630
_MARGIN = 72
_TEXT_WIDTH = 760
_MOST_LINES = 4
_BADGE_WIDTH = 400
_PAPER, _INK = "#fdfcf8", "#16241d"
# One picture takes some 60 ms of a processor; a crawl must not take them all.
_AT_ONCE = threading.Semaphore(1)


def draw(
    *,
    title: str,
    lines: Sequence[str],
    city: str,
    assets: Assets,
    logo: Path | None,
    category: str | None = None,
    badge: str | None = None,
) -> bytes:
    """Return the picture as PNG. `lines` (when, where) stand under the title, `city` at the foot.

    On the right stands the sign of `category`, or `badge`, an SVG of its own.
    """
    with _AT_ONCE:
        picture = _background(category, assets, logo)
        if badge is not None:
            drawn = _rendered(badge, width=_BADGE_WIDTH)
            picture.paste(drawn, (WIDTH - _BADGE_WIDTH - 40, 60), drawn)
        pen = ImageDraw.Draw(picture)
        top = _MARGIN
        size = 76 if len(title) < 44 else 58
        for line in wrapped(title, assets, "bricolage-grotesque", size, b"Bold", width=_TEXT_WIDTH, most=_MOST_LINES):
            write(pen, (_MARGIN, top), line, assets, "bricolage-grotesque", size, b"Bold", _PAPER)
            top += round(size * 1.1)
        top += 18
        for line in lines:
            shown = wrapped(line, assets, "figtree", 36, b"Medium", width=_TEXT_WIDTH, most=_MOST_LINES)[:1]
            for each in shown:
                write(pen, (_MARGIN, top), each, assets, "figtree", 36, b"Medium", _PAPER)
                top += 50
        write(pen, (_MARGIN + (84 if logo else 0), HEIGHT - 82), city, assets, "figtree", 34, b"SemiBold", _INK)
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
