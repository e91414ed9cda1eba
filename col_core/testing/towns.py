"""A small city in a folder of its own, for tests that open one, or run one as processes of their own."""

from pathlib import Path

BASE_URL = "https://testville.example"
_CITY = """
[city]
id = "testville"
name = "Testville"
country = "SI"
timezone = "Europe/Ljubljana"
languages = ["sl", "en"]
bbox = [14.38, 45.95, 14.83, 46.15]
age_of_consent = 15
base_url = "{base_url}"

[operator]
name = "Testville"
email = "portal@testville.example"

[plugins]
enabled = [{plugins}]
"""


def write_town(
    folder: Path,
    *,
    more: str = "",
    plugins: tuple[str, ...] = ("lang_sl", "lang_en", "csv"),
    own_plugins: dict[str, str] | None = None,
    base_url: str = BASE_URL,
) -> Path:
    """Write a city into `folder` and return it. `own_plugins` maps a name to the source of its `__init__.py`."""
    own = own_plugins or {}
    for name, source in own.items():
        (folder / "plugins" / name).mkdir(parents=True)
        (folder / "plugins" / name / "__init__.py").write_text(source, encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    enabled = ", ".join(f'"{each}"' for each in (*plugins, *own))
    settings = _CITY.format(base_url=base_url, plugins=enabled) + more
    (folder / "city.toml").write_text(settings, encoding="utf-8")
    return folder
