"""What the schema.org of our pages and that of other cities say alike: which words stand for what of an opportunity.

Source: https://schema.org/Event, /Course, /CourseInstance, /PeopleAudience.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from col_core.base.fields import is_web_address
from col_core.catalogue.records import Ages, Opportunity, Price
from col_core.catalogue.vocabulary import Access, Format, OpportunityType

MOST_DATES = 50
TYPES = {
    OpportunityType.COURSE: "Course",
    OpportunityType.WORKSHOP: "EducationEvent",
    OpportunityType.PROJECT: "EducationEvent",
}
# Of an event, and of an instance of a course.
MODES = {
    Format.IN_PERSON: ("OfflineEventAttendanceMode", "Onsite"),
    Format.ONLINE: ("OnlineEventAttendanceMode", "Online"),
    Format.HYBRID: ("MixedEventAttendanceMode", "Blended"),
}


def skills_key(type_: OpportunityType) -> str:
    """Return how skills are called: what teaches says so, the rest is about them."""
    return "teaches" if type_ in TYPES else "about"


def for_whom(ages: Ages) -> dict[str, Any]:
    """Return what says for whom it is."""
    if ages.min is None and ages.max is None:
        return {}
    audience = {"@type": "PeopleAudience", "suggestedMinAge": ages.min, "suggestedMaxAge": ages.max}
    return {
        "audience": filled(audience),
        "typicalAgeRange": f"{ages.min or 0}-{'' if ages.max is None else ages.max}",
    }


def is_free(price: Price) -> bool | None:
    """Return whether nothing is paid; None where that is not known."""
    return True if price.free else (False if price.amount else None)


def amenities(access: Sequence[Access]) -> list[dict[str, Any]]:
    """Return what a place has for those who need it."""
    return [{"@type": "LocationFeatureSpecification", "name": each.value, "value": True} for each in access]


def course_instance(facts: Mapping[str, Any], one: Opportunity) -> dict[str, Any]:
    """Return `facts` of an event as those of the one instance of a course."""
    instance = {"@type": "CourseInstance", **facts}
    if one.format is not None:
        instance["courseMode"] = MODES[one.format][1]
    if "eventSchedule" in facts:
        instance["courseSchedule"] = instance.pop("eventSchedule")
    return instance


def licence(said: str | None) -> Any:
    """Return a licence by its address; one that has only a name is a work of that name."""
    if said is None or is_web_address(said):
        return said
    return {"@type": "CreativeWork", "name": said}


def filled(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return `value` without what is not known."""
    return {name: each for name, each in value.items() if each or (each is not None and each not in ("", [], {}))}
