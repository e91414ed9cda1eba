"""The look of a city as a style sheet: its colour tokens as custom properties, light and dark."""

from collections.abc import Mapping

from col_core.base.settings import ThemeConfig
from col_core.base.settings_schema import THEME_TOKENS

# What a city gets for the tokens that it does not name: ink on paper, and the rest mixed from what it does name.
_LIGHT = {
    "surface": "oklch(98.5% 0.004 90)",
    "raised": "oklch(100% 0 0)",
    "ink": "oklch(24% 0.02 260)",
    "muted": "oklch(46% 0.02 260)",
    "line": "oklch(87% 0.01 260)",
    "accent": "oklch(47% 0.13 262)",
    "accent-ink": "oklch(99% 0.005 262)",
    "highlight": "color-mix(in oklab, var(--accent) 12%, var(--raised))",
    "water": "oklch(81% 0.055 225)",
    "land": "color-mix(in oklab, var(--accent) 9%, var(--surface))",
    "positive": "oklch(46% 0.11 150)",
    "warning": "oklch(50% 0.11 70)",
    "danger": "oklch(49% 0.17 25)",
    "focus": "oklch(50% 0.17 262)",
}
_DARK = {
    **_LIGHT,
    "surface": "oklch(20% 0.012 260)",
    "raised": "oklch(25% 0.016 260)",
    "ink": "oklch(94% 0.008 260)",
    "muted": "oklch(75% 0.015 260)",
    "line": "oklch(38% 0.018 260)",
    "accent": "oklch(78% 0.1 262)",
    "accent-ink": "oklch(20% 0.03 262)",
    "highlight": "color-mix(in oklab, var(--accent) 18%, var(--raised))",
    "water": "oklch(43% 0.06 230)",
    "land": "color-mix(in oklab, var(--accent) 6%, var(--raised))",
    "positive": "oklch(80% 0.13 150)",
    "warning": "oklch(82% 0.13 80)",
    "danger": "oklch(75% 0.13 25)",
    "focus": "oklch(80% 0.09 255)",
}


# Dots, for a city without a pattern of its own.
_PATTERN = "radial-gradient(circle, black 18%, transparent 20%)"


def light_tokens(theme: ThemeConfig) -> Mapping[str, str]:
    """Return every colour of the light look, the city's own and those that it left to us."""
    return {**_LIGHT, **theme.tokens}


def dark_tokens(theme: ThemeConfig) -> Mapping[str, str]:
    """Return every colour of the dark look."""
    return {**_DARK, **theme.dark}


def theme_css(theme: ThemeConfig, *, pattern_url: str | None = None) -> str:
    """Return the style sheet of `theme`; `--pattern` is the city's drawing, a mask that repeats.

    Dark follows the visitor's system; `data-theme="light"` or `"dark"` on the root element decides otherwise.
    """
    light = _declarations(light_tokens(theme))
    dark = _declarations(dark_tokens(theme))
    pattern = f'url("{pattern_url}")' if pattern_url else _PATTERN
    return (
        f":root{{--pattern:{pattern}}}\n"
        f":root{{color-scheme:light;{light}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n"
        f":root[data-theme=dark]{{color-scheme:dark;{dark}}}\n"
    )


def _declarations(tokens: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{tokens[name]};" for name in THEME_TOKENS)
