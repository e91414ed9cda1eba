"""What search engines read of a badge: schema.org, `EducationalOccupationalCredential`."""

from typing import Any

from col_core.badges.achievements.showing import Shown, picture_path
from col_core.base.i18n import Translator, text_in
from col_core.base.settings import CityConfig
from col_core.catalogue import addresses


def document(shown: Shown, *, config: CityConfig, words: Translator) -> dict[str, Any]:
    """Return the badge in the language of `words`."""
    achievement, language = shown.achievement, words.tag
    content = achievement.content
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "EducationalOccupationalCredential",
        "@id": addresses.achievement(config, achievement.id),
        "url": f"{config.base_url}/{language}/badges/{achievement.id}",
        "name": text_in(content.name, language),
        "description": text_in(content.description, language),
        "credentialCategory": content.kind,
        "image": f"{config.base_url}{picture_path(achievement, 'png')}",
        "recognizedBy": {
            "@type": "Organization",
            "name": shown.organiser.name if shown.organiser else config.city_name(language),
            "url": addresses.organisation(config, shown.organiser.slug, language)
            if shown.organiser
            else f"{config.base_url}/{language}/",
        },
        "competencyRequired": [
            {
                "@type": "DefinedTerm",
                "name": text_in(each.label, language),
                **({"@id": each.uri, "url": each.uri} if each.uri else {}),
            }
            for each in content.skills
        ],
    }
    if content.valid_months is not None:
        said["validFor"] = f"P{content.valid_months}M"
    return said
