"""What people read for each word of the vocabulary."""

from collections.abc import Mapping

from col_core.base.i18n import Translator
from col_core.base.messages import NP_
from col_core.catalogue.records import Query
from col_core.catalogue.vocabulary import Access, Category, Format, OpportunityType, RegistrationMode, Signal, Sort

Label = tuple[str, str]

TYPES: Mapping[OpportunityType, Label] = {
    OpportunityType.EVENT: NP_("type of offer", "Event"),
    OpportunityType.INTERNSHIP: NP_("type of offer", "Internship"),
    OpportunityType.VOLUNTEERING: NP_("type of offer", "Volunteering"),
    OpportunityType.DIGITAL: NP_("type of offer", "Digital experience"),
    OpportunityType.PROJECT: NP_("type of offer", "Youth project"),
    OpportunityType.OPEN_SPACE: NP_("type of offer", "Open space"),
    OpportunityType.COURSE: NP_("type of offer", "Course"),
    OpportunityType.WORKSHOP: NP_("type of offer", "Workshop"),
}
CATEGORIES: Mapping[Category, Label] = {
    Category.ARTS: NP_("topic", "Art and performing"),
    Category.CAREER: NP_("topic", "Work and career"),
    Category.CITIZENSHIP: NP_("topic", "Having a say"),
    Category.CRAFTS: NP_("topic", "Making and crafts"),
    Category.DIGITAL: NP_("topic", "Digital"),
    Category.ENTREPRENEURSHIP: NP_("topic", "Starting something"),
    Category.HEALTH: NP_("topic", "Health and feeling well"),
    Category.INTERNATIONAL: NP_("topic", "International"),
    Category.LANGUAGES: NP_("topic", "Languages"),
    Category.MEDIA: NP_("topic", "Photo, film, media"),
    Category.MUSIC: NP_("topic", "Music"),
    Category.NATURE: NP_("topic", "Nature and environment"),
    Category.SCIENCE: NP_("topic", "Science and technology"),
    Category.SPORT: NP_("topic", "Sport and movement"),
}
FORMATS: Mapping[Format, Label] = {
    Format.IN_PERSON: NP_("format", "On site"),
    Format.ONLINE: NP_("format", "Online"),
    Format.HYBRID: NP_("format", "On site and online"),
}
ACCESS: Mapping[Access, Label] = {
    Access.STEP_FREE: NP_("accessibility", "Step-free"),
    Access.ACCESSIBLE_TOILET: NP_("accessibility", "Accessible toilet"),
    Access.HEARING_LOOP: NP_("accessibility", "Hearing loop"),
    Access.SIGN_LANGUAGE: NP_("accessibility", "Sign language"),
    Access.QUIET_ROOM: NP_("accessibility", "Quiet room"),
    Access.EASY_READ: NP_("accessibility", "Easy to read"),
    Access.ASSISTANCE_DOG: NP_("accessibility", "Assistance dogs welcome"),
    Access.PARKING: NP_("accessibility", "Accessible parking"),
}
SIGNALS: Mapping[Signal, Label] = {
    Signal.FIRST_TIMERS: NP_("welcome", "First-timers welcome"),
    Signal.COME_ALONE: NP_("welcome", "Come alone, no problem"),
    Signal.BRING_A_FRIEND: NP_("welcome", "Bring a friend"),
    Signal.BEGINNERS: NP_("welcome", "For beginners"),
    Signal.DROP_IN: NP_("welcome", "Just drop in"),
}
REGISTRATION: Mapping[RegistrationMode, Label] = {
    RegistrationMode.NONE: NP_("registration", "No sign-up needed"),
    RegistrationMode.DROP_IN: NP_("registration", "No sign-up needed, just come by"),
    RegistrationMode.INTERNAL: NP_("registration", "Sign up with the organiser"),
    RegistrationMode.EXTERNAL: NP_("registration", "Sign up on the organiser's page"),
    RegistrationMode.RESTRICTED: NP_("registration", "Only for a certain group; ask the organiser"),
}
SORTS: Mapping[Sort, Label] = {
    Sort.RELEVANCE: NP_("order", "Best match"),
    Sort.DATE: NP_("order", "Soonest"),
    Sort.DISTANCE: NP_("order", "Nearest"),
}


def map_labels(words: Translator) -> Mapping[str, str | Mapping[str, str]]:
    """Return what the map's script says, by the names that it knows; it puts a number where `{count}` stands."""
    return {
        "map": words.gettext("Map of offers"),
        # translators: the group of pins on the map, for screen readers
        "offers": words.gettext("Offers on the map"),
        # translators: a pin on the map without a topic, for screen readers
        "pin": words.gettext("Offer"),
        # translators: several offers in one spot of the map; a number stands in place of {count}
        "cluster": words.gettext("Offers here: {count}. Zoom in."),
        "categories": {each.value: words.pgettext(*label) for each, label in CATEGORIES.items()},
        "zoomIn": words.gettext("Zoom in"),
        "zoomOut": words.gettext("Zoom out"),
        "searchHere": words.gettext("Search here"),
        "close": words.gettext("Close"),
        "previous": words.gettext("Previous offer"),
        "next": words.gettext("Next offer"),
        # translators: the visitor's own place on the map
        "here": words.gettext("You are here"),
        "failed": words.gettext("This did not load. Check your connection and try again."),
    }


def counted(words: Translator, query: Query, total: int) -> str:
    """Say how many were found, by their type where only one is asked for: "2 workshops", "23 offers"."""
    match query.type:
        case (OpportunityType.EVENT,):
            return words.ngettext("%(n)s event", "%(n)s events", total)
        case (OpportunityType.INTERNSHIP,):
            return words.ngettext("%(n)s internship", "%(n)s internships", total)
        case (OpportunityType.VOLUNTEERING,):
            return words.ngettext("%(n)s chance to volunteer", "%(n)s chances to volunteer", total)
        case (OpportunityType.DIGITAL,):
            return words.ngettext("%(n)s digital experience", "%(n)s digital experiences", total)
        case (OpportunityType.PROJECT,):
            return words.ngettext("%(n)s youth project", "%(n)s youth projects", total)
        case (OpportunityType.OPEN_SPACE,):
            return words.ngettext("%(n)s open space", "%(n)s open spaces", total)
        case (OpportunityType.COURSE,):
            return words.ngettext("%(n)s course", "%(n)s courses", total)
        case (OpportunityType.WORKSHOP,):
            return words.ngettext("%(n)s workshop", "%(n)s workshops", total)
    return words.ngettext("%(n)s offer", "%(n)s offers", total)
