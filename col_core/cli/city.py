"""`col city new NAME DIR`: a folder with a city.toml that explains itself, ready to run."""

import argparse
import json
import re
import unicodedata
from dataclasses import astuple
from pathlib import Path

from col_core.cli.frame import DONE, Subcommands, WrongUse
from col_core.upkeep.checks import EXAMPLE_BOUNDS

_CITY_TOML = """\
# {name}. After each change, `col --city {folder} doctor` says in plain words what is wrong or missing.
# Every setting is explained in docs/reference/settings.md.

[city]
# Never change the id: the state folder and the cookies are named after it.
id = {id}
# One name, or one per language: {{ sl = "…", en = "…" }}
name = {quoted}
# Two letters (ISO 3166). Country, time zone and bounds here are an example: put yours in their place.
country = "SI"
# Region/City: https://en.wikipedia.org/wiki/List_of_tz_database_time_zones
timezone = "Europe/Ljubljana"
# In the order of the switch; each needs its language plugin, below.
languages = ["en"]
# The bounds of the city: west, south, east, north in degrees. These are Ljubljana's: put yours here.
bbox = {bounds}
# GeoJSON: polygons or points, each with a name.
# districts = "districts.geojson"
currency = "EUR"
# From which age a person may agree to the use of their data without a guardian.
age_of_consent = 16
# The public address.
base_url = "${{COL_BASE_URL:-http://localhost:8001}}"

[operator]
# Who answers for the portal, and where people can write to.
# name = "Youth office"
# email = "hello@example.org"

[theme]
# logo = "theme/logo.svg"
# pattern = "theme/pattern.svg"
# motto = "One sentence under the name."

[plugins]
enabled = ["lang_en", "ical", "csv"]

# Where the offers come from. Take the # away and put your own address in.
# [[sources]]
# id = "library-calendar"
# plugin = "ical"
# name = "City library"
# url = "https://library.example.org/events.ics"
# schedule = "1h"
# publish = "review"               # "auto" publishes what has no finding
"""


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("city", help="make a new city")
    parser.add_argument("action", choices=["new"])
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the folder. Raises WrongUse where it would overwrite something, or the name has no letters."""
    folder: Path = arguments.folder
    if folder.exists() and any(folder.iterdir() if folder.is_dir() else [folder]):
        raise WrongUse(f"{folder} is there already and not empty: choose another folder.")
    name = " ".join(arguments.name.split())
    city_id = identifier(name)
    if len(city_id) < 2:
        raise WrongUse(
            f"{name!r} has too few Latin letters to make a short name of: write two or more, and change `name` later."
        )
    for each in ("content/pages", "content/articles", "plugins", "theme"):
        (folder / each).mkdir(parents=True, exist_ok=True)
    text = _CITY_TOML.format(
        name=name,
        id=json.dumps(city_id),
        quoted=json.dumps(name, ensure_ascii=False),
        folder=folder,
        bounds=list(astuple(EXAMPLE_BOUNDS)),
    )
    (folder / "city.toml").write_text(text, encoding="utf-8")
    print(
        f"{folder / 'city.toml'} is there. Next: open it, set the country, time zone, bounds and languages of {name},"
    )
    print("and run")
    print(f"  col --city {folder} doctor")
    return DONE


def identifier(name: str) -> str:
    """Return `name` as a short name: small letters, digits and hyphens."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    plain = re.sub(r"[^a-z0-9]+", "-", "".join(each for each in folded if not unicodedata.combining(each)))
    return plain.strip("-0123456789")[:40].strip("-")
