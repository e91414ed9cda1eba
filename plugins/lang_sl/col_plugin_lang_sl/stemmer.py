"""A light stemmer for Slovenian: takes off the endings of case, number and gender, and nothing else.

It works on folded words (š is s), because people type without diacritics. It does not try to join words of different
meaning (`glasba` and `glasben` stay apart; synonyms may join them): a search that finds too little is mended by typing
less, one that finds nonsense is not. The stem is an index key, not a word.
"""

import re

MIN_LENGTH = 3
MIN_VOWEL_STEM = 2
MIN_STEM = 3

# Endings that are taken off once, the longest first: nouns of all three genders, then adjectives.
_ENDINGS = ("oma", "ema", "ama", "ima", "ami", "imi", "emi", "ega", "emu")
# Endings that a root may seem to have as well ("programom", but also "program"), so they go until none is left.
_CLOSED = ("om", "em", "am", "im", "ih", "ah", "ov", "ev")
_VOWELS = "aeiou"

# Words whose root changes with the case, or is too short for the rules.
_IRREGULAR = {
    "otroci": "otrok",
    "otrocih": "otrok",
    "ljudi": "ljud",
    "ljudje": "ljud",
    "ljudmi": "ljud",
    "dnevi": "dan",
    "dneva": "dan",
    "dnevu": "dan",
    "dnevom": "dan",
    "dnevov": "dan",
    "dneve": "dan",
    "dneh": "dan",
    "dnevih": "dan",
    "dni": "dan",
    "kolegi": "kolega",
    "kolegov": "kolega",
    "pesem": "pesm",
    "pesmijo": "pesm",
    "tekem": "tekma",
    "urah": "ura",
}

_FLEETING = re.compile(r"(?<=[^aeiou])e(?=[cklmnrv]$)")
_VERBS = re.compile(r"(?<=..)(ir|ov|ev|j|h|s|gr|el|g)ati$")


def stem(word: str) -> str:
    """Return the stem of a folded, lower-case word; a short word is its own.

    An infinitive gets the stem of its noun: "plesati" as "plesanje".
    """
    if len(word) < MIN_LENGTH or not word.isascii() or not word.isalpha():
        return word
    word = _VERBS.sub(r"\1anje", _IRREGULAR.get(word, word))
    root = _without_closed(_without_ending(_without_soft_ending(word)))
    return _settled(root)


def _without_soft_ending(word: str) -> str:
    """Take off the instrumental of feminine words that end in a consonant: "mladostjo", "prireditvijo"."""
    for ending, kept in (("stjo", "st"), ("tvijo", "tva")):
        if word.endswith(ending) and len(word) > len(ending) + MIN_STEM - 1:
            return word.removesuffix(ending) + kept
    return word


def _without_ending(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= MIN_STEM:
            return word.removesuffix(ending)
    if word[-1] in _VOWELS and len(word) - 1 >= MIN_VOWEL_STEM:
        return word[:-1]
    return word


def _without_closed(word: str) -> str:
    for ending in _CLOSED:
        if word.endswith("tev"):
            return word
        if word.endswith(ending) and len(word) - len(ending) >= MIN_STEM:
            return _without_closed(word.removesuffix(ending))
    return word


def _settled(root: str) -> str:
    """Even out what changes inside a root: the fleeting e (dogodek, dogodka), the j after r (mentor, mentorja)."""
    if root.endswith("rj") and len(root) > MIN_STEM:
        root = root[:-1]
    if root.endswith("ij") and len(root) > MIN_STEM:
        root = root[:-2] + "j"
    return _FLEETING.sub("", root) if len(root) > MIN_STEM else root
