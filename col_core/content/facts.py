"""What a text may say of the city without repeating it: `{operator_name}`, `{feedback_days}`.

A privacy statement that takes its periods from the settings cannot contradict them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from col_core.base.i18n import Translator
from col_core.base.settings import CityConfig


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """A fact as it is read, and where it leads."""

    text: str
    url: str | None = None


def facts(config: CityConfig, words: Translator) -> Mapping[str, Fact | None]:
    """Return every fact by its name, in the language of `words`; None for what the settings do not state."""
    operator, privacy = config.operator, config.privacy
    return {
        "city": Fact(text=config.city_name(words.tag)),
        "address": Fact(text=urlsplit(config.base_url).netloc, url=f"{config.base_url}/{words.tag}/"),
        "languages": Fact(text=words.listing([words.language_name(tag) for tag in config.languages])),
        "operator_name": _stated(operator.name),
        "operator_email": _stated(operator.email, f"mailto:{operator.email}"),
        "operator_address": _stated(operator.address),
        "operator_url": _stated(operator.url, operator.url),
        "age_of_consent": Fact(text=str(config.age_of_consent)),
        "feedback_days": Fact(text=words.days(privacy.feedback_days)),
        "raw_items_days": Fact(text=words.days(privacy.raw_items_days)),
        "log_days": Fact(text=words.days(privacy.log_days)),
        "passport_days": Fact(text=words.days(privacy.passport_days)),
    }


def _stated(text: str | None, url: str | None = None) -> Fact | None:
    return Fact(text=text, url=url) if text else None
