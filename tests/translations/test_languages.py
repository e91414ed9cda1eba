"""How the three languages count and write dates, times, ages and prices; `\N{NO-BREAK SPACE}` stands as `~`."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from col_core.base import plurals
from col_core.base.i18n import I18n, Translator
from col_core.catalogue import labels
from col_core.catalogue.records import Ages, Price, Query, Schedule
from col_core.catalogue.vocabulary import OpportunityType
from col_plugin_lang_en import col_languages as english
from col_plugin_lang_lt import col_languages as lithuanian
from col_plugin_lang_sl import col_languages as slovenian

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LJUBLJANA, VILNIUS = "Europe/Ljubljana", "Europe/Vilnius"
_I18N = I18n([*slovenian(), *lithuanian(), *english()], "en")
sl, lt, en = (_I18N.translator(tag) for tag in ("sl", "lt", "en"))


def seen(text: str | None) -> str:
    return (text or "").replace("\N{NO-BREAK SPACE}", "~")


@pytest.mark.parametrize(
    ("words", "type_", "counted"),
    [
        (sl, "workshop", "0 delavnic|1 delavnica|2 delavnici|3 delavnice|4 delavnice|5 delavnic|11 delavnic|21 delavnic|101 delavnica|102 delavnici"),  # noqa: E501 - one line shows the whole rule
        (sl, "project", "1 mladinski projekt|2 mladinska projekta|3 mladinski projekti|5 mladinskih projektov|12 mladinskih projektov|103 mladinski projekti"),  # noqa: E501
        (sl, "open-space", "1 odprti prostor|2 odprta prostora|4 odprti prostori|5 odprtih prostorov"),
        (lt, "workshop", "0 dirbtuvių|1 dirbtuvės|2 dirbtuvės|9 dirbtuvės|10 dirbtuvių|11 dirbtuvių|21 dirbtuvės"),
        (lt, "event", "0 renginių|1 renginys|2 renginiai|5 renginiai|10 renginių|11 renginių|12 renginių|21 renginys|22 renginiai|101 renginys|111 renginių"),  # noqa: E501
        (lt, "course", "1 kursas|3 kursai|20 kursų|31 kursas"),
        (en, "workshop", "0 workshops|1 workshop|2 workshops|101 workshops"),
    ],
)  # fmt: skip
def test_what_was_found_is_counted_as_people_count(words: Translator, type_: str, counted: str) -> None:
    asked = Query(type=(OpportunityType(type_),))
    for said in counted.split("|"):
        assert labels.counted(words, asked, int(said.split()[0])) == said


def test_every_form_of_a_plural_rule_is_of_some_number() -> None:
    forms = {
        "sl": {0: 3, 1: 0, 2: 1, 3: 2, 4: 2, 5: 3, 11: 3, 21: 3, 101: 0},
        "lt": {0: 2, 1: 0, 2: 1, 3: 1, 4: 1, 5: 1, 11: 2, 21: 0, 101: 0},
        "en": {0: 1, 1: 0, 2: 1, 3: 1, 4: 1, 5: 1, 11: 1, 21: 1, 101: 1},
    }
    for languages in (slovenian(), lithuanian(), english()):
        rule = plurals.parse(languages[0].plural_forms)
        assert {number: rule.index(number) for number in forms[languages[0].tag]} == forms[languages[0].tag]


def test_a_fraction_is_written_with_a_comma_where_people_do() -> None:
    assert (sl.number(1.5), lt.number(1.5), en.number(1.5)) == ("1,5", "1,5", "1.5")
    assert (sl.number(12_345), seen(lt.number(12_345)), en.number(12_345)) == ("12.345", "12~345", "12,345")


def test_a_time_and_its_word_stay_together() -> None:
    at = datetime(2026, 11, 25, 16, tzinfo=UTC)
    assert seen(sl.day_words(at, NOW, LJUBLJANA)) == "danes ob~17.00"
    assert seen(lt.day_words(at, NOW, VILNIUS)) == "šiandien 18.00~val."
    assert seen(lt.day_words(at - timedelta(hours=9), NOW, VILNIUS)) == "šiandien 9.00~val."
    assert en.day_words(at, NOW, LJUBLJANA) == "today at 17:00"
    later = at + timedelta(days=6)
    assert seen(sl.day_words(later, NOW, LJUBLJANA)) == "v~torek, 1.~decembra, ob~17.00"
    assert seen(lt.day_words(later, NOW, VILNIUS)) == "antradienį, gruodžio 1~d., 18.00~val."


def test_a_span_is_said_as_people_say_it() -> None:
    first, last = datetime(2026, 12, 3, 9, tzinfo=UTC), datetime(2026, 12, 6, 17, tzinfo=UTC)
    assert seen(sl.span_words(first, last, NOW, LJUBLJANA)) == "od 3. do 6.~decembra"
    assert seen(lt.span_words(first, last, NOW, VILNIUS)) == "gruodžio 3–6~d."
    past = timedelta(days=-4 * 365)
    assert seen(sl.span_words(first + past, last + past, NOW, LJUBLJANA)) == "od 4. do 7.~decembra 2022"
    assert seen(lt.span_words(first + past, last + past, NOW, VILNIUS)) == "2022~m. gruodžio 4–7~d."
    assert seen(lt.span_words(first, last + timedelta(days=30), NOW, VILNIUS)) == (
        "nuo 2026~m. gruodžio 3~d. iki 2027~m. sausio 5~d."
    )
    evening = first + timedelta(hours=2)
    assert seen(lt.span_words(first, evening, first + timedelta(minutes=5), VILNIUS)) == "dabar, iki 13.00~val."
    assert seen(sl.span_words(first, evening, first + timedelta(minutes=5), LJUBLJANA)) == "zdaj, do 12.00"
    # A reading room from 8 to 22, and what begins at 10 and lasts until midnight.
    opens, closes = datetime(2026, 12, 3, 7, tzinfo=UTC), datetime(2026, 12, 3, 21, tzinfo=UTC)
    assert seen(sl.span_words(opens, closes, NOW, LJUBLJANA)) == "v~četrtek, 3.~decembra, 8.00–22.00"
    assert seen(sl.span_words(opens, closes, first, LJUBLJANA)) == "zdaj, do 22.00"
    midnight = closes + timedelta(hours=2)
    assert seen(sl.span_words(first, midnight, NOW, LJUBLJANA)) == "v~četrtek, 3.~decembra, 10.00–0.00"


@pytest.mark.parametrize(
    ("rule", "slovenian", "lithuanian"),
    [
        ("FREQ=WEEKLY", "vsak torek ob~17.00", "kiekvieną antradienį 17.00~val."),
        ("FREQ=WEEKLY;INTERVAL=2", "vsak drugi torek ob~17.00", "kas antrą antradienį 17.00~val."),
        ("FREQ=WEEKLY;BYDAY=TU,TH", "ob torkih in četrtkih ob~17.00", "antradieniais ir ketvirtadieniais 17.00~val."),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "vsak delavnik ob~17.00", "darbo dienomis 17.00~val."),
        ("FREQ=WEEKLY;BYDAY=TU,WE,TH,FR", "od torka do petka ob~17.00", "antradieniais–penktadieniais 17.00~val."),
        ("FREQ=WEEKLY;BYDAY=MO,TU,TH", "ob ponedeljkih, torkih in četrtkih ob~17.00", "pirmadieniais, antradieniais ir ketvirtadieniais 17.00~val."),  # noqa: E501
        ("FREQ=MONTHLY;BYDAY=1TU", "vsak prvi torek v mesecu ob~17.00", "kiekvieno mėnesio pirmąjį antradienį 17.00~val."),  # noqa: E501
        ("FREQ=DAILY;INTERVAL=2", "vsaka 2~dneva ob~17.00", "kas 2~dienas 17.00~val."),
    ],
)  # fmt: skip
def test_a_series_is_said_as_people_say_it(rule: str, slovenian: str, lithuanian: str) -> None:
    start = datetime(2026, 12, 1, 17)
    schedule = Schedule(start=start, end=start + timedelta(hours=2), timezone=LJUBLJANA, rrule=rule)
    assert seen(sl.series_words(schedule)).replace("v~mesecu", "v mesecu") == slovenian
    assert seen(lt.series_words(schedule)) == lithuanian


def test_ages_and_prices_are_written_as_locals_write_them() -> None:
    assert [seen(words.age_words(Ages(min=15, max=29))) for words in (sl, lt)] == ["15–29~let", "15–29~metų"]
    assert [seen(words.age_words(Ages(min=14, max=None))) for words in (sl, lt)] == ["od 14~let naprej", "nuo 14~metų"]
    assert seen(lt.age_words(Ages(min=21, max=21))) == "21~metai"
    half = Price(amount=Decimal("12.50"), currency="EUR")
    assert [seen(words.price_words(half)) for words in (sl, lt)] == ["12,50~€", "12,50~€"]
    voucher = Price(amount=Decimal(40), currency="EUR", net_amount=Decimal(20))
    assert seen(lt.price_words(voucher)) == "20~€ su NVŠ krepšeliu (be jo 40~€)"


def test_a_day_on_its_own_stands_in_the_form_of_its_language() -> None:
    day = date(2026, 12, 1)
    assert seen(sl.date_in_sentence(day, year=True)) == "1.~decembra 2026"
    assert seen(lt.date_in_sentence(day, year=True)) == "2026~m. gruodžio 1~d."
