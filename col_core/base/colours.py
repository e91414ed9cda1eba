"""Colours as the theme writes them, turned into what a screen shows, and how well one reads on another.

Sources: Björn Ottosson, "A perceptual color space for image processing" (the matrices of OKLab); CSS Color Module
Level 4, section 9; WCAG 2.2, "contrast ratio" and "relative luminance".
"""

import math
import re
from dataclasses import dataclass

_OKLCH = re.compile(
    r"oklch\(\s*(?P<l>\d*\.?\d+)(?P<percent>%?)\s+(?P<c>\d*\.?\d+)\s+(?P<h>-?\d*\.?\d+)(?:deg)?\s*\)", re.ASCII
)
_HEX = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rgb:
    """A colour of sRGB, each part from 0 to 1."""

    red: float
    green: float
    blue: float

    def hex(self) -> str:
        """Return "#0f6b4c"."""
        return "#" + "".join(f"{round(part * 255):02x}" for part in (self.red, self.green, self.blue))


def parse(text: str) -> Rgb | None:
    """Return the colour that `text` names as `oklch(…)` or `#rrggbb`; None for any other way to write one.

    What sRGB cannot show is brought to its edge.
    """
    text = text.strip()
    if match := _OKLCH.fullmatch(text):
        lightness = float(match["l"]) / (100 if match["percent"] else 1)
        return _from_oklch(lightness, float(match["c"]), math.radians(float(match["h"])))
    if _HEX.fullmatch(text):
        digits = text[1:] if len(text) == 7 else "".join(each * 2 for each in text[1:])
        red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
        return Rgb(red=red, green=green, blue=blue)
    return None


def contrast(one: Rgb, other: Rgb) -> float:
    """Return the contrast of two colours, from 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _from_oklch(lightness: float, chroma: float, hue_rad: float) -> Rgb:
    a, b = chroma * math.cos(hue_rad), chroma * math.sin(hue_rad)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return Rgb(
        red=_encoded(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        green=_encoded(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        blue=_encoded(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )


def _encoded(linear: float) -> float:
    linear = min(1.0, max(0.0, linear))
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * math.pow(linear, 1 / 2.4) - 0.055


def _luminance(colour: Rgb) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.red, colour.green, colour.blue)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
