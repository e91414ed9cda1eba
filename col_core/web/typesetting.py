"""Writing with the site's own typefaces into pictures."""

import io

from PIL import ImageDraw, ImageFont

from col_core.web.assets import Assets

Font = ImageFont.FreeTypeFont


def wrapped(text: str, assets: Assets, family: str, size: int, weight: bytes, *, width: int, most: int) -> list[str]:
    """Return `text` in lines of at most `width` pixels; what is more than `most` lines is cut off."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width(longer, assets, family, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]} …"]
    return lines


def _width(text: str, assets: Assets, family: str, size: int, weight: bytes) -> float:
    return sum(_font(assets, family, size, weight, extended).getlength(run) for run, extended in _runs(text))


def write(
    pen: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    assets: Assets,
    family: str,
    size: int,
    weight: bytes,
    colour: str,
) -> None:
    """Write a line; `at` is its upper left corner."""
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
