"""The words of the register and what they mean here; the 21 seniūnijos of Vilnius."""

from col_core.plugin import Access, Category, OpportunityType, Signal

DISTRICTS = (
    "Antakalnis",
    "Fabijoniškės",
    "Grigiškės",
    "Justiniškės",
    "Karoliniškės",
    "Lazdynai",
    "Naujamiestis",
    "Naujininkai",
    "Naujoji Vilnia",
    "Paneriai",
    "Pašilaičiai",
    "Pilaitė",
    "Rasos",
    "Senamiestis",
    "Šeškinė",
    "Šnipiškės",
    "Verkiai",
    "Vilkpėdė",
    "Viršuliškės",
    "Žirmūnai",
    "Žvėrynas",
)

# The register names a seniūnija in the genitive ("Antakalnio seniūnija").
_GENITIVES = {
    "Antakalnio": "Antakalnis",
    "Fabijoniškių": "Fabijoniškės",
    "Grigiškių": "Grigiškės",
    "Justiniškių": "Justiniškės",
    "Karoliniškių": "Karoliniškės",
    "Lazdynų": "Lazdynai",
    "Naujamiesčio": "Naujamiestis",
    "Naujininkų": "Naujininkai",
    "Naujosios Vilnios": "Naujoji Vilnia",
    "Panerių": "Paneriai",
    "Pašilaičių": "Pašilaičiai",
    "Pilaitės": "Pilaitė",
    "Rasų": "Rasos",
    "Senamiesčio": "Senamiestis",
    "Šeškinės": "Šeškinė",
    "Šnipiškių": "Šnipiškės",
    "Verkių": "Verkiai",
    "Vilkpėdės": "Vilkpėdė",
    "Viršuliškių": "Viršuliškės",
    "Žirmūnų": "Žirmūnai",
    "Žvėryno": "Žvėrynas",
}

TYPES = {
    "būrelis": OpportunityType.COURSE,
    "kursai": OpportunityType.COURSE,
    "dirbtuvės": OpportunityType.WORKSHOP,
    "renginys": OpportunityType.EVENT,
    "stovykla": OpportunityType.EVENT,
    "projektas": OpportunityType.PROJECT,
    "savanorystė": OpportunityType.VOLUNTEERING,
    "praktika": OpportunityType.INTERNSHIP,
    "atvira erdvė": OpportunityType.OPEN_SPACE,
    "nuotolinė veikla": OpportunityType.DIGITAL,
}

CATEGORIES = {
    "dailė": Category.ARTS,
    "teatras": Category.ARTS,
    "šokis": Category.ARTS,
    "profesinis orientavimas": Category.CAREER,
    "pilietiškumas": Category.CITIZENSHIP,
    "amatai": Category.CRAFTS,
    "etninė kultūra": Category.CRAFTS,
    "informacinės technologijos": Category.DIGITAL,
    "verslumas": Category.ENTREPRENEURSHIP,
    "sveikatos ugdymas": Category.HEALTH,
    "tarptautinė veikla": Category.INTERNATIONAL,
    "kalbos": Category.LANGUAGES,
    "medijos": Category.MEDIA,
    "muzika": Category.MUSIC,
    "gamta ir ekologija": Category.NATURE,
    "techninė kūryba": Category.SCIENCE,
    "tiksliniai mokslai": Category.SCIENCE,
    "sportas": Category.SPORT,
    "turizmas ir kraštotyra": Category.NATURE,
}

ACCESS = {
    "be slenksčių": Access.STEP_FREE,
    "pritaikytas tualetas": Access.ACCESSIBLE_TOILET,
    "indukcinė kilpa": Access.HEARING_LOOP,
    "gestų kalba": Access.SIGN_LANGUAGE,
    "rami erdvė": Access.QUIET_ROOM,
    "lengvai suprantama kalba": Access.EASY_READ,
    "šuo pagalbininkas": Access.ASSISTANCE_DOG,
    "automobilio vieta": Access.PARKING,
}

SIGNALS = {
    "pirmą kartą": Signal.FIRST_TIMERS,
    "galima vienam": Signal.COME_ALONE,
    "su draugu": Signal.BRING_A_FRIEND,
    "pradedantiesiems": Signal.BEGINNERS,
    "be registracijos": Signal.DROP_IN,
}


def district(text: str | None) -> str | None:
    """Return the seniūnija that `text` means ("Antakalnis", "Antakalnio sen."), or None."""
    if text is None:
        return None
    name = text.strip().removesuffix("seniūnija").removesuffix("sen.").strip()
    return name if name in DISTRICTS else _GENITIVES.get(name)
