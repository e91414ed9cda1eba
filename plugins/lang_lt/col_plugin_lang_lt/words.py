"""Words of Lithuanian that a search treats specially."""

from itertools import permutations

_ALIKE = (
    ("kompiuteris", "kompiuterinis", "informatika"),
    ("programavimas", "kodavimas", "programuoti"),
    ("muzika", "muzikinis", "muzikavimas"),
    ("sportas", "sportinis", "sportuoti"),
    ("šokis", "šokiai", "šokti"),
    ("kinas", "filmas"),
    ("teatras", "vaidyba", "drama"),
    ("fotografija", "fotografavimas", "foto"),
    ("tapyba", "tapymas", "dailė"),
    ("piešimas", "piešti", "iliustracija"),
    ("virimas", "kulinarija", "maistas"),
    ("dviratis", "dviračiai"),
    ("robotika", "robotas"),
    ("siuvimas", "siūti"),
    ("keramika", "molis"),
    ("savanorystė", "savanoris", "savanoriavimas", "savanoriauti"),
    ("dirbtuvės", "workshop"),
    ("būrelis", "užsiėmimas", "studija"),
    ("kursai", "mokymai"),
    ("praktika", "stažuotė"),
    ("darbas", "karjera", "įdarbinimas"),
    ("gamta", "aplinka", "ekologija"),
    ("jaunimas", "jauni", "jaunuoliai"),
    ("vaikai", "vaikiškas"),
    ("nemokamai", "nemokamas"),
    ("žaidimas", "žaisti"),
    ("rašymas", "rašyti"),
    ("verslumas", "verslas", "startuolis"),
    ("sveikata", "sveikas"),
    ("biblioteka", "skaitykla"),
    ("knyga", "skaitymas"),
)

SYNONYMS = {
    word: tuple(other for one, other in permutations(group, 2) if one == word) for group in _ALIKE for word in group
}

_STOPWORDS = """
ar arba bei bet dėl iki ir iš į jau jei kad kai kaip kas kur ne nes nuo o per po prie su tai ties už
"""

STOPWORDS = frozenset(_STOPWORDS.split())
