"""A contract suite is worth what it refuses: each is shown implementations that break it."""

import json
from dataclasses import replace

import pytest

from col_core.catalogue.records import Draft, Fetched, Found, Hit, Opportunity, Place, RawItem, Rejected
from col_core.plugin import Block, Language, MapLayer, MenuEntry, SignedCredential, WebParts
from col_core.testing.badges import a_badge
from col_core.testing.contracts import (
    BadgeIssuerContract,
    FormatContract,
    LanguageContract,
    MapLayerContract,
    SearchIndexContract,
    SourceContract,
    TranslatorContract,
    WebPartsContract,
    problems,
)
from col_core.testing.fakes import MarkingTranslator, RememberingIndex

BROKEN = (AssertionError, Exception)


class Source:
    id = "mine"

    def __init__(self, *ids: str, careless: bool = False, fickle: bool = False) -> None:
        self._ids, self._careless, self._fickle = ids, careless, fickle
        self._times = 0

    def fetch(self, *, since, cursor):
        self._times += self._fickle
        items = [RawItem(external_id=f"{each}{'!' * self._times}", body=each.encode(), media_type="x/y", address="a")
                 for each in self._ids]  # fmt: skip
        return Fetched(items=tuple(items))

    def normalise(self, raw):
        if self._careless:
            return Draft(title={"en": json.loads(raw.body)["title"]})
        return Draft(title={"en": raw.body.decode(errors="replace")})


def test_sources_that_break_the_contract_are_found():
    suite = SourceContract()
    with pytest.raises(AssertionError, match="the same external_id"):
        suite.test_every_item_can_be_followed_over_time(Source("a", "a").fetch(since=None, cursor=None))
    with pytest.raises(AssertionError, match="the sample holds no item"):
        suite.test_every_item_can_be_followed_over_time(Source().fetch(since=None, cursor=None))
    careless = Source("a", careless=True)
    with pytest.raises(ValueError, match="Expecting value"):
        suite.test_a_broken_item_is_rejected_and_raises_nothing(careless, careless.fetch(since=None, cursor=None))
    fickle = Source("a", fickle=True)
    with pytest.raises(AssertionError):
        suite.test_fetching_again_brings_the_same_or_says_unchanged(fickle, fickle.fetch(since=None, cursor=None))
    with pytest.raises(AssertionError):
        suite.test_a_rejection_says_why(
            Source(), Fetched(errors=(Rejected(external_id="1", reason=" ", where="row 1"),))
        )


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (Draft(title={}), "it has no title"),
        (Draft(title={"en": "a"}, summary={"en": " "}), "summary holds an empty text"),
        (Draft(title={"en": "a"}, url="javascript:x"), "is not a web address"),
        (Draft(title={"en": "a"}, place=Place(lat_deg=1.0)), "one coordinate is missing"),
    ],
)
def test_drafts_that_cannot_be_stored_are_named(draft, said):
    assert any(said in each for each in problems(draft))


ENGLISH = Language(tag="en", name="English", plural_forms="nplurals=2; plural=(n != 1);")


@pytest.mark.parametrize(
    ("test", "changes"),
    [
        ("test_it_is_named_by_its_tag_and_by_itself", {"tag": "English"}),
        ("test_it_is_named_by_its_tag_and_by_itself", {"name": " "}),
        ("test_it_runs_the_way_that_its_script_runs", {"direction": "rtl"}),
        ("test_it_runs_the_way_that_its_script_runs", {"tag": "ar"}),
        ("test_numbers_that_need_different_words_get_different_forms", {"plural_forms": "nplurals=1; plural=0;"}),
        ("test_numbers_that_need_different_words_get_different_forms", {"tag": "sl"}),
        ("test_its_stemmer_takes_any_word", {"stem": lambda word: word[0]}),
        ("test_a_word_finds_itself_with_its_synonyms_and_stems", {"synonyms": {"tea": ("tea",)}}),
        ("test_a_word_finds_itself_with_its_synonyms_and_stems", {"stopwords": frozenset({"The"})}),
    ],
)
def test_languages_that_break_the_contract_are_found(test, changes):
    getattr(LanguageContract(), test)(ENGLISH)
    with pytest.raises((AssertionError, IndexError)):
        getattr(LanguageContract(), test)(replace(ENGLISH, **changes))


LAYER = MapLayer(
    id="wall",
    title={"en": "Wall"},
    source={"type": "vector", "tiles": ["/wall/{z}/{x}/{y}.pbf"]},
    layers=[{"id": "a", "type": "line"}],
)


@pytest.mark.parametrize(
    ("test", "changes"),
    [
        ("test_each_has_a_name_of_its_own", {"id": "The Wall"}),
        ("test_each_has_a_name_of_its_own", {"title": {}}),
        ("test_a_browser_can_read_it", {"source": {"type": "vector", "maxzoom": float("nan")}}),
        ("test_a_browser_can_read_it", {"source": {"type": "wms"}}),
        ("test_a_browser_can_read_it", {"layers": []}),
        ("test_a_browser_asks_only_our_own_server", {"source": {"type": "vector", "tiles": ["https://x.example/{z}"]}}),
        ("test_a_browser_asks_only_our_own_server", {"source": {"type": "geojson", "data": "//x.example/a.json"}}),
    ],
)
def test_layers_that_break_the_contract_are_found(test, changes):
    getattr(MapLayerContract(), test)([LAYER])
    with pytest.raises((AssertionError, ValueError)):
        getattr(MapLayerContract(), test)([replace(LAYER, **changes)])


@pytest.mark.parametrize(
    ("test", "parts"),
    [
        ("test_blocks_can_be_shown", {"blocks": [("home", lambda language: "x")]}),
        ("test_entries_of_the_menu_have_words_and_lead_to_a_page_of_ours", {"menu": [({"en": "x"}, "//x.example")]}),
        ("test_entries_of_the_menu_have_words_and_lead_to_a_page_of_ours", {"menu": [({}, "x")]}),
    ],
)
def test_parts_of_pages_that_break_the_contract_are_found(test, parts):
    made = WebParts(
        blocks=[Block(slot=slot, render=render) for slot, render in parts.get("blocks", ())],
        menu=[MenuEntry(label=label, path=path) for label, path in parts.get("menu", ())],
    )
    with pytest.raises((AssertionError, TypeError)):
        getattr(WebPartsContract(), test)(made)


def test_a_block_for_a_place_that_no_page_has_cannot_be_made():
    with pytest.raises(ValueError, match="no slot 'hall' for a block; there are home, opportunity"):
        Block(slot="hall", render=lambda *_: "x")


class Format:
    name, media_type, extension = "Ids", "text/plain", "txt"

    def __init__(self, write=lambda each: each.id) -> None:
        self._write = write

    def write(self, opportunities, *, language):
        return "\n".join(self._write(each) for each in opportunities).encode()


def the_source(each: Opportunity) -> str:
    return each.source.name


@pytest.mark.parametrize(
    ("test", "broken"),
    [
        ("test_it_says_what_it_is", {"extension": ".txt"}),
        ("test_it_writes_whatever_there_is", {"_write": the_source}),
        ("test_what_differs_is_written_differently", {"_write": lambda each: "x"}),
    ],
)
def test_formats_that_break_the_contract_are_found(test, broken):
    getattr(FormatContract(), test)(Format())
    made = Format()
    for name, value in broken.items():
        setattr(made, name, value)
    with pytest.raises((AssertionError, AttributeError)):
        getattr(FormatContract(), test)(made)


class Gullible:
    format = "gullible"
    media_type = "text/plain"
    key_kind = None
    at_once = True

    def issue(self, badges, *, signer):
        return [SignedCredential(body=f"credentials {each.id}".encode(), media_type="text/plain") for each in badges]

    def revoke(self, badge_id, signed):
        raise ConnectionError

    def verify(self, signed, *, key):
        return b"credentials" in signed.body


class Unordered(Gullible):
    def issue(self, badges, *, signer):
        return super().issue(badges[:1] * len(badges), signer=signer)


def test_issuers_that_break_the_contract_are_found():
    suite, issuer = BadgeIssuerContract(), Gullible()
    (signed,) = issuer.issue([a_badge()], signer=None)
    suite.test_what_it_issued_it_verifies(issuer, None, None)
    suite.test_it_issues_each_badge_in_its_order(issuer, None)
    with pytest.raises(AssertionError, match="was changed, and it still verifies"):
        suite.test_one_changed_byte_is_noticed(issuer, signed, None)
    with pytest.raises(AssertionError):
        suite.test_one_byte_more_or_less_is_noticed(issuer, signed, None)
    with pytest.raises(AssertionError):
        suite.test_what_it_did_not_sign_is_refused_and_raises_nothing(issuer, None, b"credentials")
    with pytest.raises(AssertionError, match="two badges got the same bytes"):
        suite.test_it_issues_each_badge_in_its_order(Unordered(), None)
    with pytest.raises(ConnectionError):
        suite.test_revoking_raises_nothing(issuer, signed)


class Forgetful(RememberingIndex):
    def find(self, session, query, *, language, now):
        return Found(hits=(Hit(id="offer1"), Hit(id="offer1")), total=2)


def test_search_engines_that_break_the_contract_are_found(database):
    suite, index = SearchIndexContract(), Forgetful()
    for test in (
        suite.test_everything_that_is_public_is_found_once,
        suite.test_words_and_filters_narrow_it,
        suite.test_pages_lead_through_all_of_it,
        suite.test_the_map_shows_what_has_a_place,
        suite.test_another_city_is_found_where_it_is_asked_for,
        suite.test_what_is_withdrawn_or_removed_is_gone,
        suite.test_what_is_put_in_again_is_changed,
    ):
        with pytest.raises(AssertionError):
            test(index, database)


class Careless(MarkingTranslator):
    """Does to what comes back what a test says."""

    def __init__(self, spoil, **said) -> None:
        super().__init__(**said)
        self._spoil = spoil

    def translate(self, passages, *, source, target):
        return self._spoil(list(super().translate(passages, source=source, target=target)))


@pytest.mark.parametrize(
    ("test", "spoil", "said"),
    [
        ("test_it_says_its_name", list, {"name": ""}),
        ("test_it_says_its_name", list, {"name": "<b>Loud</b>\n"}),
        ("test_it_says_what_it_can", list, {"pairs": []}),
        ("test_it_gives_each_text_in_its_order", lambda texts: texts[1:], {}),
        ("test_it_gives_each_text_in_its_order", lambda texts: texts[::-1], {}),
        ("test_it_gives_each_text_in_its_order", lambda texts: [" " for _ in texts], {}),
        ("test_it_gives_each_text_in_its_order", lambda texts: [*texts, "more"], {}),
        ("test_markup_stays", lambda texts: [each.replace("example.org", "elsewhere.org") for each in texts], {}),
        ("test_markup_stays", lambda texts: [f"<table>{each}</table>" for each in texts], {}),
    ],
)
def test_translators_that_break_the_contract_are_found(test, spoil, said):
    suite, careless = TranslatorContract(), Careless(spoil, **said)
    given = () if test == "test_it_says_its_name" else (("en", "sl"),)
    with pytest.raises(AssertionError):
        getattr(suite, test)(careless, *given)


def test_a_translator_that_gives_nothing_for_an_odd_text_is_found():
    with pytest.raises(AssertionError):
        TranslatorContract().test_odd_texts_come_back_too(Careless(lambda texts: [""]), ("en", "sl"), "5 < 6")
