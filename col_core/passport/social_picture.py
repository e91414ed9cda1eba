"""The picture that other sites show beside a link to somebody's badges: the badges themselves, 1200 × 630 PNG."""

import io
import threading
from collections.abc import Sequence
from pathlib import Path

import resvg_py
from PIL import Image, ImageDraw

from col_core.web.assets import Assets
from col_core.web.typesetting import wrapped, write

WIDTH, HEIGHT = 1200, 630
MOST = 3
_MARGIN = 72
_PAPER, _INK, _FOOT = "#fdfcf8", "#16241d", 110
# How wide a badge is where there are so many, and how far the next one stands from it.
_SIZES = {1: (400, 0), 2: (300, 205), 3: (260, 150)}
_RIGHT, _MIDDLE = 1140, 262
# One picture takes some 100 ms of a processor; a crawl must not take them all.
_AT_ONCE = threading.Semaphore(1)


def draw(
    *, title: str, lines: Sequence[str], city: str, pictures: Sequence[str], assets: Assets, logo: Path | None
) -> bytes:
    """Return the picture as PNG. `lines` (who issued them) stand under the title; `pictures` are badges as SVG."""
    with _AT_ONCE:
        picture = Image.new("RGB", (WIDTH, HEIGHT), _INK)
        pen = ImageDraw.Draw(picture)
        pen.rectangle((0, HEIGHT - _FOOT, WIDTH, HEIGHT), fill=_PAPER)
        taken = _hang(picture, pictures[:MOST])
        width = taken - 2 * _MARGIN
        top, size = _MARGIN, 72 if len(title) < 34 else 56
        for line in wrapped(title, assets, "bricolage-grotesque", size, b"Bold", width=width, most=4):
            write(pen, (_MARGIN, top), line, assets, "bricolage-grotesque", size, b"Bold", _PAPER)
            top += round(size * 1.12)
        top += 18
        for each in lines:
            for line in wrapped(each, assets, "figtree", 36, b"Medium", width=width, most=2):
                write(pen, (_MARGIN, top), line, assets, "figtree", 36, b"Medium", _PAPER)
                top += 48
        at = _MARGIN
        if logo is not None:
            mark = _rendered(logo.read_text(encoding="utf-8"), 64)
            picture.paste(mark, (_MARGIN, HEIGHT - _FOOT // 2 - mark.height // 2), mark)
            at += 84
        write(pen, (at, HEIGHT - 82), city, assets, "figtree", 34, b"SemiBold", _INK)
        kept = io.BytesIO()
        picture.quantize(192).save(kept, "PNG", optimize=True)
        return kept.getvalue()


def _hang(picture: Image.Image, drawings: Sequence[str]) -> int:
    """Hang the badges at the right; return where they begin."""
    if not drawings:
        return WIDTH
    size, step = _SIZES[len(drawings)]
    left = _RIGHT - size - step * (len(drawings) - 1)
    for number, each in enumerate(drawings):
        badge = _rendered(each, size)
        picture.paste(badge, (left + step * number, _MIDDLE - size // 2 + (18 if number % 2 else 0)), badge)
    return left


def _rendered(svg: str, width: int) -> Image.Image:
    data = resvg_py.svg_to_bytes(svg_string=svg, width=width, skip_system_fonts=True)
    return Image.open(io.BytesIO(bytes(data))).convert("RGBA")
