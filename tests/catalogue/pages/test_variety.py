"""Offers arranged so that they show how much there is. It is Wednesday, 7 January 2026, 13:00 in Ljubljana."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from col_core.catalogue.pages.variety import mixed, varied
from col_core.catalogue.reading import Listed
from col_core.catalogue.records import Schedule
from col_core.catalogue.vocabulary import OpportunityType
from col_core.testing.clock import START
from col_core.testing.opportunities import FULL, an_opportunity

ZONE = ZoneInfo("Europe/Ljubljana")
ROOM, COURSE, EVENT = OpportunityType.OPEN_SPACE, OpportunityType.COURSE, OpportunityType.EVENT


def listed(type_, day, hour, title="Kitara"):
    start = datetime(2026, 1, day, hour)
    schedule = Schedule(start=start, end=start.replace(hour=23), timezone="Europe/Ljubljana")
    return Listed(
        opportunity=an_opportunity(replace(FULL, type=type_, schedule=schedule, title={"sl": title})), distance_m=None
    )


MORNINGS = [listed(ROOM, 7, 8), listed(ROOM, 7, 9), listed(ROOM, 7, 10), listed(COURSE, 7, 17), listed(EVENT, 7, 18)]


def types(found):
    return [each.opportunity.content.type for each in found]


def test_a_mixture_begins_with_one_of_each_kind_and_loses_none():
    assert types(mixed(MORNINGS, START, ZONE)) == [ROOM, COURSE, EVENT, ROOM, ROOM]


def test_a_mixture_keeps_the_days_apart():
    tomorrow = [listed(ROOM, 8, 9), listed(EVENT, 8, 10)]
    found = mixed([*MORNINGS, *tomorrow], START, ZONE)
    assert found[:5] == mixed(MORNINGS, START, ZONE)
    assert found[5:] == tomorrow


def test_a_few_are_chosen_that_differ_and_stay_in_their_order():
    assert types(varied([*MORNINGS, listed(ROOM, 8, 9)], 3)) == [ROOM, COURSE, EVENT]


def test_the_same_at_another_branch_comes_after_everything_else():
    branches = [listed(COURSE, 7, hour, "Branje ob čaju") for hour in (8, 9, 10)]
    found = [*branches, listed(COURSE, 7, 17, "Keramika"), listed(COURSE, 7, 18, "Šivanje")]
    assert [each.opportunity.content.title["sl"] for each in mixed(found, START, ZONE)] == [
        "Branje ob čaju", "Keramika", "Šivanje", "Branje ob čaju", "Branje ob čaju",
    ]  # fmt: skip
    about = branches[0].opportunity
    shown = varied([*branches[1:], *found[3:]], 2, beside=about)
    assert [each.opportunity.content.title["sl"] for each in shown] == ["Keramika", "Šivanje"]
