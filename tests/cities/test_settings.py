"""The settings, looks and texts that the two cities bring along."""

import math
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from col_core.base.config import load_city
from col_core.base.settings import CityConfig

CITIES = Path(__file__).parents[2] / "cities"
LANGUAGES = ("sl", "lt", "en")
both = pytest.mark.parametrize("city", ["ljubljana", "vilnius"])


def settings(city: str) -> CityConfig:
    return load_city(CITIES / city, environ={})


@both
def test_a_city_speaks_three_languages_its_own_first(city: str) -> None:
    config = settings(city)
    assert set(config.languages) == set(LANGUAGES)
    assert config.languages[0] == config.default_language
    assert set(config.name) == set(config.theme.motto) == set(LANGUAGES)


@both
def test_every_source_has_a_name_in_every_language_and_its_file(city: str) -> None:
    for source in settings(city).sources:
        assert set(source.name) == set(LANGUAGES), source.id
        assert source.url is not None
        assert (CITIES / city / source.url).is_file()


@both
def test_what_is_invented_is_read_as_a_demonstration(city: str) -> None:
    config = settings(city)
    assert {each.plugin for each in config.sources} == {"researched", "demo"}
    assert all(str(each.url).startswith("feeds/") for each in config.sources if each.plugin == "demo")


@both
@pytest.mark.parametrize("look", ["tokens", "dark"])
def test_the_colours_can_be_read(city: str, look: str) -> None:
    colours = getattr(settings(city).theme, look)
    for text in ("ink", "muted", "accent", "positive", "warning", "danger"):
        for ground in ("surface", "raised"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    assert contrast(colours["accent-ink"], colours["accent"]) >= 4.5
    assert contrast(colours["focus"], colours["surface"]) >= 3


@both
def test_the_drawings_are_plain_svg(city: str) -> None:
    theme = settings(city).theme
    for drawing in (theme.logo, theme.pattern):
        assert drawing is not None
        tags = {each.tag.rpartition("}")[2] for each in ET.parse(drawing).iter()}
        assert tags <= {"svg", "g", "path"}


@both
def test_the_page_about_the_portal_exists_in_every_language(city: str) -> None:
    for language in LANGUAGES:
        assert front_matter(CITIES / city / "content" / "pages" / f"about.{language}.md") >= {"title", "summary"}


@both
def test_every_article_exists_in_every_language_with_its_date(city: str) -> None:
    articles = list((CITIES / city / "content/articles").glob("*.md"))
    assert len(articles) >= 9
    slugs = {each.name.split(".")[0] for each in articles}
    assert {each.name for each in articles} == {f"{slug}.{tag}.md" for slug in slugs for tag in LANGUAGES}
    for article in articles:
        assert front_matter(article) >= {"title", "summary", "date"}


def front_matter(file: Path) -> set[str]:
    _, head, body = file.read_text(encoding="utf-8").split("---\n", 2)
    assert body.strip()
    return {line.partition(":")[0] for line in head.splitlines() if line.partition(":")[2].strip()}


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(oklch: str) -> float:
    """Return the relative luminance (WCAG 2.2) of a colour in OKLCH, by the matrices of CSS Color 4."""
    found = re.fullmatch(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)", oklch)
    assert found is not None
    lightness, chroma, hue = float(found[1]) / 100, float(found[2]), math.radians(float(found[3]))
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    assert all(-0.005 <= channel <= 1.005 for channel in linear), f"{oklch} is no colour of a usual screen"
    red, green, blue = (min(1.0, max(0.0, channel)) for channel in linear)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
