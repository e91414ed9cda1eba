"""Any JSON that calls itself schema.org becomes a draft or a reason, and always soon."""

from hypothesis import given
from hypothesis import strategies as st

from col_core.catalogue.exchange import jsonld_in
from col_core.catalogue.exchange.jsonld_in import Defaults
from col_core.catalogue.records import Draft

DEFAULTS = Defaults(language="sl", timezone="Europe/Ljubljana", currency="EUR")
KEYS = st.sampled_from(
    ["@id", "@type", "@value", "@language", "name", "description", "startDate", "endDate", "duration", "eventSchedule",
     "repeatFrequency", "repeatCount", "byDay", "exceptDate", "scheduleTimezone", "location", "address", "geo",
     "latitude", "longitude", "offers", "price", "priceCurrency", "isAccessibleForFree", "typicalAgeRange", "image",
     "organizer", "provider", "inLanguage", "keywords", "url", "hasCourseInstance", "eventStatus", "subEvent",
     "maximumAttendeeCapacity", "superEvent", "audience", "suggestedMinAge", "mainEntityOfPage", "teaches"]
)  # fmt: skip
VALUES = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=12)
    | st.sampled_from(["Event", "Course", "2026-03-03T17:00:00+01:00", "9999-12-31", "P1W", "PT99999999H", "15-29",
                       "https://schema.org/Monday", "https://example.org/x", "NaN", "VirtualLocation"])
)  # fmt: skip
NODES = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


@given(node=st.dictionaries(KEYS, NODES, max_size=8), titled=st.booleans())
def test_any_node_is_a_draft_or_a_reason(node, titled):
    try:
        made = jsonld_in.draft({**node, **({"name": "Tea"} if titled else {})}, DEFAULTS)
    except (ValueError, OverflowError):
        return
    assert isinstance(made, Draft)
