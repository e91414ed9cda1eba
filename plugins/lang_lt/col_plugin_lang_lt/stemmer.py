"""Snowball's Lithuanian stemmer, made to work on folded words.

People type without diacritics, so words are folded (ė is e) before they are stemmed. Snowball expects the letters as
written; what folding hides from it is put right here.
"""

import re

import snowballstemmer

# Endings that Snowball knows with ė only: "dirbtuvėms", "dirbtuvėse".
_E_ENDINGS = re.compile(r"(?<=..[^aeiouy])(?:emis|ems|ese|es)$")
# A root that softens before the ending: medis, medžio; bitė, bičių.
_SOFT = (("dz", "d"), ("c", "t"))
MIN_STEM = 3


class Stemmer:
    """Stems folded, lower-case Lithuanian words."""

    def __init__(self) -> None:
        self._snowball = snowballstemmer.stemmer("lithuanian")

    def stem(self, word: str) -> str:
        """Return the stem of a folded word. Not safe to call from two threads at once."""
        root: str = self._snowball.stemWord(_E_ENDINGS.sub("e", word))
        for soft, hard in _SOFT:
            if root.endswith(soft) and len(root) >= MIN_STEM and word.startswith(f"{root}i"):
                return root.removesuffix(soft) + hard
        return root
