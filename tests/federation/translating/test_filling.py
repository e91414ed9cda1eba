"""What a translator is asked for: what is shown here and missing here, once, and never over what a person said."""

from dataclasses import replace
from datetime import timedelta

import pytest

from col_core.base.errors import FetchError
from col_core.catalogue import store
from col_core.catalogue.records import Occurrence
from col_core.catalogue.store import Prepared
from col_core.catalogue.vocabulary import Status
from col_core.federation.translating import filling
from col_core.testing.fakes import MarkingTranslator

from .conftest import GRAFFITI, changed


def test_what_the_citys_languages_lack_is_translated_once(town, offered):
    assert town.fill() == filling.Filled(made=2, failed=0, is_done=True)
    kept = town.kept(offered)
    assert set(kept) == {"sl", "en"}
    assert kept["sl"].texts == {
        "title": "sl: Grafičiai",
        "summary": "sl: Dvi valandos prie upės.",
        "description": "<p>sl: Ateik <strong>vienas</strong>.</p>",
        "bring": "sl: Senus drabužius\nVandens",
    }
    assert (kept["sl"].source_language, kept["sl"].translator, kept["sl"].edited) == ("lt", "Marker", None)
    assert [each[:2] for each in town.translator.asked] == [("lt", "sl"), ("lt", "en")]
    assert town.fill() == filling.Filled(made=0, failed=0, is_done=True)
    # Another version that says the same: nothing is asked for again.
    town.store(replace(GRAFFITI, capacity=12))
    assert town.fill().made == 0
    assert len(town.translator.asked) == 2


def test_only_texts_that_a_language_lacks_are_translated(town):
    id_ = town.store(replace(GRAFFITI, title={"lt": "Grafičiai", "en-GB": "Graffiti"}, summary={"sl": "Ob reki."}))
    town.fill()
    kept = town.kept(id_)
    assert set(kept["sl"].texts) == {"title", "description", "bring"}
    assert set(kept["en"].texts) == {"description", "bring"}
    assert set(kept["lt"].texts) == {"summary"}
    assert kept["lt"].source_language == "sl"


def test_what_changes_at_home_is_translated_anew(town, offered):
    town.fill()
    town.store(changed(GRAFFITI, title="Grafičiai rytoj"))
    # Until then nobody reads what may no longer hold.
    assert "sl: Grafičiai" not in town.page(offered)
    assert town.states() == {"sl": "waiting", "en": "waiting"}
    assert town.fill().made == 2
    assert town.kept(offered)["sl"].texts["title"] == "sl: Grafičiai rytoj"
    assert town.states() == {"sl": "automatic", "en": "automatic"}


def test_what_a_person_changed_stays_and_says_that_the_original_changed(town, offered):
    town.fill()
    town.edit(offered, "sl", title="Grafiti ob reki")
    assert town.fill().made == 0
    assert town.states() == {"sl": "checked", "en": "automatic"}
    town.store(changed(GRAFFITI, title="Grafičiai rytoj"))
    assert town.fill().made == 1
    assert town.kept(offered)["sl"].texts["title"] == "Grafiti ob reki"
    assert town.states() == {"sl": "outdated", "en": "automatic"}
    town.edit(offered, "sl")
    assert town.states() == {"sl": "checked", "en": "automatic"}
    assert town.fill().made == 0


def test_what_a_person_did_while_a_translator_worked_stands(town, offered):
    asked = town.translator.translate

    def slow(passages, *, source, target):
        if target == "sl":
            town.edit(offered, "sl", title="Grafiti ob reki")
        return asked(passages, source=source, target=target)

    town.translator.translate = slow
    town.fill()
    assert town.kept(offered)["sl"].texts == {"title": "Grafiti ob reki"}
    assert town.states() == {"sl": "checked", "en": "automatic"}


def test_what_was_removed_comes_back_only_for_another_original(town, offered):
    town.fill()
    town.remove(offered, "sl")
    assert town.states() == {"sl": "removed", "en": "automatic"}
    town.store(replace(GRAFFITI, capacity=12))
    assert town.fill().made == 0
    town.store(changed(GRAFFITI, title="Grafičiai rytoj"))
    assert town.fill().made == 2
    assert town.states() == {"sl": "automatic", "en": "automatic"}


def test_what_shall_come_anew_is_translated_anew(town, offered):
    town.fill()
    town.edit(offered, "sl", title="Grafiti")
    town.remove(offered, "sl", again=True)
    assert town.fill().made == 1
    assert town.kept(offered)["sl"].texts["title"] == "sl: Grafičiai"


def test_the_same_texts_of_another_offer_are_not_translated_again(town, offered):
    town.fill()
    other = town.store(GRAFFITI, id_="2")
    assert town.fill().made == 2
    assert len(town.translator.asked) == 2
    assert town.kept(other)["sl"].texts == town.kept(offered)["sl"].texts


@pytest.mark.parametrize("status", [Status.REVIEW, Status.DRAFT, Status.WITHDRAWN, Status.CANCELLED])
def test_what_is_not_offered_here_is_not_translated(town, status):
    town.store(GRAFFITI, status=status)
    town.fill()
    assert town.translator.asked == []


def test_what_is_over_is_not_translated(town, clock):
    then = clock.now() - timedelta(days=2)
    over = town.store(
        replace(GRAFFITI, schedule=None), occurrences=(Occurrence(start=then, end=then + timedelta(hours=1)),)
    )
    town.fill()
    assert town.kept(over) == {}


def test_what_is_of_this_city_is_not_translated(town):
    with town.database.write() as session:
        store.write_many(
            session,
            [Prepared(content=GRAFFITI, status=Status.PUBLISHED)],
            index=town.city.index,
            clock=town.city.house.clock,
        )
    town.fill()
    assert town.translator.asked == []


def test_a_translator_is_asked_for_the_pairs_that_it_can(town, offered):
    first = MarkingTranslator("First", pairs=[("lt", "en"), ("de", "sl")])
    second = MarkingTranslator("Second", pairs=[("lt", "en"), ("lt", "sl")])
    town.filling(first, second).run()
    assert {tag: each.translator for tag, each in town.kept(offered).items()} == {"en": "First", "sl": "Second"}


def test_another_translator_fills_what_none_could(town, offered):
    town.filling(MarkingTranslator("First", pairs=[("lt", "en")])).run()
    assert set(town.kept(offered)) == {"en"}
    town.filling(MarkingTranslator("First", pairs=[("lt", "en")]), MarkingTranslator("Second")).run()
    assert {tag: each.translator for tag, each in town.kept(offered).items()} == {"en": "First", "sl": "Second"}


def test_what_says_most_is_translated_from(town):
    id_ = town.store(replace(GRAFFITI, title={"de": "Graffiti", "lt": "Grafičiai"}))
    town.fill()
    assert town.kept(id_)["sl"].source_language == "lt"


def test_a_service_that_does_not_answer_is_asked_again_in_the_next_run_and_is_no_fault(town):
    ids = [town.store(changed(GRAFFITI, title=f"Grafičiai {number}"), id_=str(number)) for number in range(5)]
    town.translator.error = FetchError("It does not answer.")
    for _ in range(7):
        assert town.fill() == filling.Filled(made=0, failed=0, is_done=True)
    assert len(town.translator.asked) == 7
    assert town.city.house.plugins.faults() == []
    town.translator.error = None
    assert town.fill().made == 10
    assert all(town.kept(each) for each in ids)


def test_texts_that_a_service_refuses_are_tried_again_later_and_keep_no_others_waiting(town, offered, clock):
    asked = town.translator.translate
    problem = FetchError("It is too long.")
    problem.permanent = True

    def refusing(passages, *, source, target):
        if passages[0].text == "Grafičiai":
            raise problem
        return asked(passages, source=source, target=target)

    town.translator.translate = refusing
    other = town.store(changed(GRAFFITI, title="Šokiai"), id_="2")
    assert town.fill() == filling.Filled(made=2, failed=2, is_done=True)
    assert set(town.kept(other)) == {"sl", "en"}
    assert town.kept(offered) == {}
    assert town.fill() == filling.Filled(made=0, failed=0, is_done=True)
    clock.advance(seconds=601)
    assert town.fill().failed == 2
    clock.advance(seconds=601)
    assert town.fill().failed == 0
    town.translator.translate = asked
    clock.advance(seconds=601)
    assert town.fill().made == 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("Grafiti", "did not return a list of texts"),
        ([b"a", b"b", b"c", b"d"], "did not return a list of texts"),
        (["Grafiti"], "returned 1 texts for 4"),
        (["Grafiti", " ", "<p>x</p>", "y"], "no words for: summary"),
        (["Grafiti", "x", "<script>alert(1)</script>", "y"], "no words for: description"),
    ],
)
def test_a_translator_that_gives_something_else_is_at_fault_and_harms_nothing(town, offered, answer, said):
    town.translator.answer = answer
    assert town.fill() == filling.Filled(made=0, failed=2, is_done=True)
    assert town.kept(offered) == {}
    (fault,) = town.city.house.plugins.faults()
    assert (fault.plugin, fault.hook) == ("fake", "translator Marker: translate")
    assert said in fault.message
    assert town.page(offered).count("Grafičiai")


def test_what_a_translator_gives_is_tidied_like_every_text_from_outside(town, offered):
    town.translator.answer = ["<b>Grafiti</b>\n" + "a" * 400, "x", '<p onclick="x()">y</p><svg/>', "z" * 9_000]
    town.fill()
    texts = town.kept(offered)["sl"].texts
    assert texts["title"].startswith("Grafiti")
    assert len(texts["title"]) <= 300
    assert texts["description"] == "<p>y</p>"
    assert len(texts["bring"]) == 4_000


def test_a_translator_that_fails_again_and_again_rests_and_is_taken_out(town):
    for number in range(9):
        town.store(changed(GRAFFITI, title=f"Grafičiai {number}"), id_=str(number))
    town.translator.error = ZeroDivisionError("out of order")
    town.fill()
    # Three in a row end the run; of the second offer one language was not tried any more.
    assert len(town.translator.asked) == 3
    town.fill()
    assert town.city.house.plugins.faults()[0].out
    assert len(town.translator.asked) == 5
    town.fill()
    assert len(town.translator.asked) == 5


def test_a_run_that_is_out_of_time_goes_on_in_the_next(town):
    for number in range(3):
        town.store(changed(GRAFFITI, title=f"Grafičiai {number}"), id_=str(number))
    assert town.filling(run_s=0).run() == filling.Filled(made=0, failed=0, is_done=False)
    assert town.fill() == filling.Filled(made=6, failed=0, is_done=True)


def test_every_offer_is_reached_whatever_the_size_of_a_step(town, monkeypatch):
    monkeypatch.setattr(filling, "_BATCH", 2)
    ids = [town.store(changed(GRAFFITI, title=f"Grafičiai {number}"), id_=str(number)) for number in range(5)]
    assert town.fill() == filling.Filled(made=10, failed=0, is_done=True)
    assert all(town.kept(each) for each in ids)


def test_what_was_taken_back_long_ago_is_forgotten(town, offered, clock):
    town.fill()
    forget = next(each for each in town.city.federation.translating.periodics() if each.name == "translating.forget")
    town.store(GRAFFITI, status=Status.WITHDRAWN)
    forget.run()
    assert set(town.kept(offered)) == {"sl", "en"}
    clock.advance(days=61)
    forget.run()
    assert town.kept(offered) == {}


def test_without_a_translator_nothing_is_asked(town):
    assert [each.name for each in town.city.federation.translating.periodics()] == ["translating.forget"]


def test_the_originals_digest_tells_languages_and_fields_apart():
    texts = [{"title": "a"}, {"summary": "a"}, {"title": "a", "summary": "b"}]
    made = {filling.Original(language=tag, texts=each).digest for tag in ("lt", "sl") for each in texts}
    assert len(made) == 6
    assert all(len(each) == 64 for each in made)
