"""Words of English that a search treats specially."""

from itertools import permutations

_ALIKE = (
    ("computer", "computing", "informatics"),
    ("programming", "coding", "code"),
    ("music", "musical"),
    ("sport", "exercise", "fitness"),
    ("film", "cinema", "movie"),
    ("theatre", "theater", "drama", "acting"),
    ("photo", "photography", "photographer"),
    ("painting", "painter"),
    ("cooking", "culinary", "kitchen"),
    ("bike", "bicycle", "cycling"),
    ("robot", "robotics"),
    ("sewing", "tailoring"),
    ("pottery", "ceramics"),
    ("volunteer", "volunteering"),
    ("workshop", "masterclass"),
    ("course", "class", "training"),
    ("internship", "placement", "traineeship"),
    ("job", "work", "career", "employment"),
    ("nature", "environment", "ecology"),
    ("youth", "young", "teenager"),
    ("child", "children", "kids"),
    ("free", "gratis"),
    ("camp", "camping"),
    ("game", "gaming"),
    ("entrepreneurship", "business", "startup"),
    ("health", "wellbeing"),
    ("mindfulness", "meditation"),
    ("book", "reading"),
)

SYNONYMS = {
    word: tuple(other for one, other in permutations(group, 2) if one == word) for group in _ALIKE for word in group
}

_STOPWORDS = """
a an and are as at be by for from how i in is it of on or that the this to was what when where with
you your
"""

STOPWORDS = frozenset(_STOPWORDS.split())
