from datetime import UTC, datetime

import pytest

import col_plugin_lang_en as english
import col_plugin_lang_sl as slovenian
from col_core.badges.credentials.records import Told
from col_core.base.i18n import I18n
from col_core.passport import words
from col_core.passport.papers import file_name
from col_core.passport.records import Held

I18N = I18n([*slovenian.col_languages(), *english.col_languages()], "sl")
ISSUED = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


def held(**said):
    told = Told(
        **{
            "id": "https://a.example/1",
            "format": "ob3",
            "name": "Čaj",
            "description": "",
            "criteria": "- Skuhaj čaj.\n- Postrezi ga.",
            "issuer_id": "did:web:a.example",
            "issuer_name": "Čajnica",
            "issued": ISSUED,
            "language": "sl",
        }
        | said
    )
    return Held(id="1", holder_id="1", added=ISSUED, told=told)


def text(held, language):
    return words.cv_words(held, None, I18N.translator(language), zone="Europe/Ljubljana").text


def test_what_one_can_do_is_said_in_sentences_of_the_language_with_the_day_of_the_city():
    badge = held(names={"sl": "Čaj", "en": "Tea"}, abilities={"en": ["I can make tea."], "sl": ["Znam skuhati čaj."]})
    assert text(badge, "en") == "Tea (Čajnica, 2 March 2026)\n• I can make tea."
    assert text(badge, "sl") == "Čaj (Čajnica, 2. marec 2026)\n• Znam skuhati čaj."


def test_where_nothing_is_said_of_abilities_the_criteria_stand_in_their_own_language_alone():
    assert text(held(), "sl").endswith("\nSkuhaj čaj. Postrezi ga.")
    assert text(held(criteria="- skuhaj čaj\n- postrezi ga"), "sl").endswith("\nskuhaj čaj; postrezi ga")
    assert "Skuhaj" not in text(held(), "en")


@pytest.mark.parametrize(
    ("said", "languages"),
    [
        ({"names": {"sl": "a", "en": "b", "fr": "c"}}, ["sl", "en"]),
        ({"language": "fr"}, ["sl"]),
        ({"language": "en"}, ["en"]),
        ({"language": None, "abilities": {"en": ["x"]}}, ["en"]),
    ],
)
def test_only_languages_in_which_a_badge_says_something_are_offered(said, languages):
    assert list(words.languages_of(held(**said).told, ("sl", "en"))) == languages


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Čaj za začetnike!", "caj-za-zacetnike"),
        ("../../etc", "etc"),
        ("茶", "badge"),
        ("", "badge"),
        ("a" * 99, "a" * 50),
    ],
)
def test_a_file_has_a_name_that_every_system_takes(name, file):
    assert file_name(held(name=name)) == file
