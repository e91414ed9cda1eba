"""The words of the export and what they mean here; the 17 districts of Ljubljana."""

import unicodedata

from col_core.plugin import Access, Category, OpportunityType, RegistrationMode, Signal

DISTRICTS = (
    "Bežigrad",
    "Center",
    "Črnuče",
    "Dravlje",
    "Golovec",
    "Jarše",
    "Moste",
    "Polje",
    "Posavje",
    "Rožnik",
    "Rudnik",
    "Sostro",
    "Šentvid",
    "Šiška",
    "Šmarna gora",
    "Trnovo",
    "Vič",
)

TYPES = {
    "dogodek": OpportunityType.EVENT,
    "praksa": OpportunityType.INTERNSHIP,
    "prostovoljstvo": OpportunityType.VOLUNTEERING,
    "na spletu": OpportunityType.DIGITAL,
    "projekt": OpportunityType.PROJECT,
    "odprt prostor": OpportunityType.OPEN_SPACE,
    "tečaj": OpportunityType.COURSE,
    "delavnica": OpportunityType.WORKSHOP,
}

CATEGORIES = {
    "umetnost": Category.ARTS,
    "kariera": Category.CAREER,
    "družba": Category.CITIZENSHIP,
    "ročne spretnosti": Category.CRAFTS,
    "digitalno": Category.DIGITAL,
    "podjetnost": Category.ENTREPRENEURSHIP,
    "zdravje": Category.HEALTH,
    "mednarodno": Category.INTERNATIONAL,
    "jeziki": Category.LANGUAGES,
    "mediji": Category.MEDIA,
    "glasba": Category.MUSIC,
    "narava": Category.NATURE,
    "znanost": Category.SCIENCE,
    "šport": Category.SPORT,
}

ACCESS = {
    "brez stopnic": Access.STEP_FREE,
    "prilagojeno stranišče": Access.ACCESSIBLE_TOILET,
    "slušna zanka": Access.HEARING_LOOP,
    "znakovni jezik": Access.SIGN_LANGUAGE,
    "miren kotiček": Access.QUIET_ROOM,
    "lahko branje": Access.EASY_READ,
    "pes pomočnik": Access.ASSISTANCE_DOG,
    "parkirišče": Access.PARKING,
}

SIGNALS = {
    "prvič": Signal.FIRST_TIMERS,
    "brez družbe": Signal.COME_ALONE,
    "s prijateljem": Signal.BRING_A_FRIEND,
    "začetniki": Signal.BEGINNERS,
    "kadarkoli": Signal.DROP_IN,
}

REGISTRATION = {
    "prost obisk": RegistrationMode.DROP_IN,
    "obrazec": RegistrationMode.EXTERNAL,
    "po dogovoru": RegistrationMode.RESTRICTED,
}


def district(text: str | None) -> str | None:
    """Return the district that `text` means, also without carons ("Crnuce", "ČS Šiška"), or None."""
    if text is None:
        return None
    sought = _fold(text.removeprefix("ČS "))
    return next((name for name in DISTRICTS if _fold(name) == sought), None)


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.strip().lower())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
