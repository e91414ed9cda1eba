"""Words of Slovenian that a search treats specially."""

from itertools import permutations

_ALIKE = (
    ("računalnik", "računalništvo", "računalniški"),
    ("glasba", "glasbeni", "muzika"),
    ("šport", "športni", "rekreacija"),
    ("ples", "plesni", "plesanje"),
    ("film", "filmski", "kino"),
    ("gledališče", "gledališki", "teater", "drama"),
    ("fotografija", "fotografiranje", "fotografski", "foto"),
    ("slikanje", "slikarstvo", "slikarski"),
    ("risanje", "risarski", "ilustracija"),
    ("kuhanje", "kuharski", "kulinarika"),
    ("kolo", "kolesarjenje", "kolesarski"),
    ("programiranje", "kodiranje"),
    ("robotika", "robot"),
    ("šivanje", "šiviljski"),
    ("prostovoljstvo", "prostovoljec", "prostovoljka", "prostovoljni", "prostovoljski"),
    ("delavnica", "workshop"),
    ("tečaj", "izobraževanje", "usposabljanje"),
    ("praksa", "pripravništvo", "praktikum"),
    ("delo", "služba", "zaposlitev", "kariera"),
    ("narava", "okolje", "ekologija"),
    ("podnebje", "podnebni"),
    ("angleščina", "angleški"),
    ("nemščina", "nemški"),
    ("slovenščina", "slovenski"),
    ("španščina", "španski"),
    ("francoščina", "francoski"),
    ("italijanščina", "italijanski"),
    ("mladina", "mladi", "mladinski"),
    ("otroci", "otroški"),
    ("brezplačno", "zastonj"),
    ("tabor", "kamp"),
    ("igra", "igranje"),
    ("pisanje", "pisateljski"),
    ("podjetništvo", "podjetniški", "startup"),
    ("zdravje", "zdravstven", "zdrav"),
    ("sprostitev", "čuječnost", "meditacija"),
    ("knjižnica", "knjižnični"),
    ("knjiga", "branje", "bralni"),
)

SYNONYMS = {
    word: tuple(other for one, other in permutations(group, 2) if one == word) for group in _ALIKE for word in group
}

_STOPWORDS = """
a ali ampak bi bo če da do ga in iz je jih k kaj kako ker kot ki na naj ne nad ob od oz pa po pod
pri s sem si so se še ta te to tudi v za z že
"""

STOPWORDS = frozenset(_STOPWORDS.split())
