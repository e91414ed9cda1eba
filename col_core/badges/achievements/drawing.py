"""How a badge looks: an enamel pin, shaped by its level, in the pattern of its city, with its issuer's mark."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import resvg_py

from col_core.badges.achievements import shapes
from col_core.badges.achievements.lettering import HEIGHT, lettering
from col_core.badges.achievements.motif import Drawn, Motif
from col_core.badges.achievements.records import MICRO_CREDENTIAL, Colour, Draft, Level
from col_core.base.colours import parse

SIZE = 512
# One picture takes 50 to 200 ms of a processor; a crawl must not take them all.
_AT_ONCE = threading.Semaphore(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Enamel:
    """The colours of a badge: its enamel in three depths, and the small parts that shine."""

    light: str
    main: str
    deep: str
    spark: str


def _hex(colour: str) -> str:
    parsed = parse(colour)
    assert parsed is not None
    return parsed.hex()


def _enamel(hue: int, chroma: float, *, lightness: int = 52, spark: int = 88) -> _Enamel:
    return _Enamel(
        light=_hex(f"oklch({lightness + 17}% {chroma:.3f} {hue - 10})"),
        main=_hex(f"oklch({lightness}% {chroma:.3f} {hue})"),
        deep=_hex(f"oklch({lightness - 22}% {chroma * 0.72:.3f} {hue + 12})"),
        spark=_hex(f"oklch(87% 0.13 {spark})"),
    )


_ENAMELS: Mapping[Colour, _Enamel] = {
    Colour.GREEN: _enamel(150, 0.125),
    Colour.TEAL: _enamel(195, 0.09),
    Colour.BLUE: _enamel(250, 0.145),
    Colour.INDIGO: _enamel(278, 0.17),
    Colour.PLUM: _enamel(330, 0.17),
    Colour.RED: _enamel(22, 0.17),
    Colour.ORANGE: _enamel(46, 0.145, lightness=57, spark=92),
    Colour.AMBER: _enamel(74, 0.12, lightness=58, spark=95),
}
_OUTLINES: Mapping[Level, Callable[[float], str]] = {
    Level.PARTICIPATION: shapes.circle,
    Level.SKILL: shapes.hexagon,
    Level.LEADERSHIP: shapes.star,
}
# A shape with corners reaches further for the same room inside.
_REACH: Mapping[Level, float] = {Level.PARTICIPATION: 222, Level.SKILL: 238, Level.LEADERSHIP: 238}
_WITHIN_SEAL = 0.9
_GOLD = tuple(_hex(each) for each in ("oklch(93% 0.1 95)", "oklch(83% 0.14 86)", "oklch(70% 0.13 75)"))
_PIPS: Mapping[Level, tuple[int, ...]] = {
    Level.PARTICIPATION: (0,),
    Level.SKILL: (-20, 20),
    Level.LEADERSHIP: (-38, 0, 38),
}


def svg(draft: Draft, *, symbol: str, motif: Motif, initials: str | None) -> str:
    """Return the picture of a badge as SVG.

    `symbol` is what its symbol draws, on a field of 24 by 24. `initials` are those of the organisation behind it; None
    stands for the city itself, which has its logo, where it has one.
    """
    enamel = _ENAMELS[draft.picture.colour]
    outline, reach = _OUTLINES[draft.level], _REACH[draft.level]
    sealed = draft.kind == MICRO_CREDENTIAL
    if sealed:
        reach *= _WITHIN_SEAL
    face = outline(reach - 30)
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}" height="{SIZE}">',
            _definitions(enamel, motif, face),
            _seal(enamel) if sealed else "",
            _rim(enamel, outline, reach, motif),
            f'<path d="{face}" fill="url(#face)"/>',
            '<g clip-path="url(#inside)"><rect width="512" height="512" fill="url(#pattern)"/></g>',
            _medallion(symbol, enamel, motif),
            _pips(draft.level, enamel, reach),
            _mark(initials, enamel, motif),
            "</svg>",
        )
    )


def png(drawing: str, *, width: int = SIZE) -> bytes:
    """Return a drawn badge as PNG, `width` pixels wide and high, transparent around the badge."""
    with _AT_ONCE:
        return bytes(resvg_py.svg_to_bytes(svg_string=drawing, width=width, height=width, skip_system_fonts=True))


def _definitions(enamel: _Enamel, motif: Motif, face: str) -> str:
    tile = motif.pattern
    # Some five tiles across, whatever size the city drew its pattern in.
    scale = 86 / max(tile.width, tile.height)
    return (
        "<defs>"
        '<linearGradient id="face" x1=".25" y1="0" x2=".75" y2="1">'
        f'<stop stop-color="{enamel.light}"/><stop offset=".75" stop-color="{enamel.main}"/></linearGradient>'
        '<linearGradient id="rim" x1=".2" y1="0" x2=".8" y2="1">'
        f'<stop stop-color="{enamel.main}"/><stop offset="1" stop-color="{enamel.deep}"/></linearGradient>'
        '<linearGradient id="gold" x1=".1" y1="0" x2=".9" y2="1">'
        f'<stop stop-color="{_GOLD[0]}"/><stop offset=".45" stop-color="{_GOLD[1]}"/>'
        f'<stop offset="1" stop-color="{_GOLD[2]}"/></linearGradient>'
        f'<clipPath id="inside"><path d="{face}"/></clipPath>'
        f'<pattern id="pattern" width="{tile.width:g}" height="{tile.height:g}" patternUnits="userSpaceOnUse" '
        f'patternTransform="translate(256 250) scale({scale:.3f}) translate({-tile.width / 2:g} {-tile.height / 2:g})">'
        f'<g opacity=".55">{tile.elements}</g></pattern>'
        "</defs>"
    )


def _seal(enamel: _Enamel) -> str:
    """Return the scalloped gold behind a badge that counts as a micro-credential."""
    return (
        f'<path d="{shapes.seal(248)}" transform="translate(0 5)" fill="{enamel.deep}"/>'
        f'<path d="{shapes.seal(246)}" fill="url(#gold)" stroke="{enamel.deep}" stroke-width="2.5"/>'
        f'<path d="{shapes.circle(226)}" fill="none" stroke="{enamel.deep}" stroke-opacity=".7" stroke-width="3" '
        'stroke-linecap="round" stroke-dasharray=".1 8.5"/>'
    )


def _rim(enamel: _Enamel, outline: Callable[[float], str], reach: float, motif: Motif) -> str:
    """Return the metal around the enamel: its thickness below, the rim with its light, a line of paper."""
    return (
        f'<path d="{outline(reach)}" transform="translate(0 7)" fill="{enamel.deep}"/>'
        f'<path d="{outline(reach)}" fill="url(#rim)"/>'
        f'<path d="{outline(reach - 3)}" fill="none" stroke="{enamel.light}" stroke-opacity=".8" stroke-width="3"/>'
        f'<path d="{outline(reach - 22)}" fill="{motif.paper}"/>'
    )


def _medallion(symbol: str, enamel: _Enamel, motif: Motif) -> str:
    """Return the round middle with the symbol."""
    pen = 'fill="none" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
    return (
        f'<circle cx="256" cy="256" r="126" fill="{enamel.deep}"/>'
        f'<circle cx="256" cy="256" r="117" fill="none" stroke="{enamel.spark}" stroke-width="3"/>'
        f'<path d="M144 256a112 112 0 0 1 224 0c-62-34-150-34-224 0z" fill="#fff" fill-opacity=".07"/>'
        f'<g transform="translate(256 256) scale(6.4) translate(-12 -12)" {pen}>'
        f'<g stroke="#000" stroke-opacity=".35" transform="translate(0 .7)">{symbol}</g>'
        f'<g stroke="{motif.paper}">{symbol}</g></g>'
    )


def _pips(level: Level, enamel: _Enamel, reach: float) -> str:
    """Return one, two or three small sparks above the symbol."""
    spark = "M0-17Q3-3 17 0 3 3 0 17-3 3-17 0-3-3 0-17z"
    top = 256 - (reach - 30 + 126) / 2 + 4
    return "".join(
        f'<path transform="translate({256 + at} {top + abs(at) * 0.16:.1f})" d="{spark}" fill="{enamel.spark}" '
        f'stroke="{enamel.deep}" stroke-width="2.5" stroke-linejoin="round" paint-order="stroke"/>'
        for at in _PIPS[level]
    )


def _mark(initials: str | None, enamel: _Enamel, motif: Motif) -> str:
    """Return the round mark of the issuer, over the lower rim."""
    inner = _fitted_logo(motif.logo) if initials is None and motif.logo is not None else _fitted_letters(initials or "")
    if not inner:
        return ""
    return (
        f'<g transform="translate(256 452)"><circle r="49" fill="{enamel.deep}"/><circle r="43" fill="{motif.paper}"/>'
        f'<g stroke="{enamel.deep}" fill="{enamel.deep}">{inner}</g></g>'
    )


def _fitted_letters(initials: str) -> str:
    letters, width = lettering(initials)
    if not letters:
        return ""
    scale = min(1.5, 44 / width) if width else 1.5
    return (
        f'<g transform="scale({scale:.3f}) translate({-width / 2:g} {-HEIGHT / 2:g})" fill="none" stroke-width="3.200" '
        f'stroke-linecap="round" stroke-linejoin="round">{letters}</g>'
    )


def _fitted_logo(logo: Drawn) -> str:
    scale = 56 / max(logo.width, logo.height)
    moved = f"scale({scale:.3f}) translate({-logo.width / 2:g} {-logo.height / 2:g})"
    return f'<g stroke="none" fill="#000"><g transform="{moved}">{logo.elements}</g></g>'
