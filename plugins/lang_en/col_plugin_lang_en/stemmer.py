"""Snowball's English stemmer."""

import snowballstemmer


class Stemmer:
    """Stems folded, lower-case English words."""

    def __init__(self) -> None:
        self._snowball = snowballstemmer.stemmer("english")

    def stem(self, word: str) -> str:
        """Return the stem of a folded word. Not safe to call from two threads at once."""
        root: str = self._snowball.stemWord(word)
        return root
