"""Capital letters drawn with one pen, for the mark of who stands behind a badge: no typeface travels with a picture.

Each letter stands on a field 14 wide and 20 high, the pen moves through the middle of its line.
"""

import unicodedata

WIDTH, HEIGHT, GAP = 14.0, 20.0, 6.5
_LETTERS = {
    "A": "M0 20 7 0l7 20M2.8 13h8.4",
    "B": "M0 0v20h7.500a5.300 5.300 0 0 0 0-10.600H0M0 0h6.700a4.700 4.700 0 0 1 0 9.400",
    "C": "M14 4.200A8.600 10 0 1 0 14 15.800",
    "D": "M0 0v20h4.500C10.500 20 14 16 14 10S10.500 0 4.500 0z",
    "E": "M12.500 0H0v20h12.500M0 9.700h10",
    "F": "M12.500 0H0v20M0 9.900h10",
    "G": "M13.600 4.200A8.400 10 0 1 0 14 15.600V11H8.500",
    "H": "M0 0v20M14 0v20M0 9.800h14",
    "I": "M7 0v20",
    "J": "M11 0v14.500a5.300 5.300 0 0 1-10.500 0",
    "K": "M0 0v20M13 0 0 12M5.500 8.200 14 20",
    "L": "M0 0v20h12",
    "M": "M0 20V0l7 12 7-12v20",
    "N": "M0 20V0l14 20V0",
    "O": "M7 0C2.500 0 0 4 0 10s2.500 10 7 10 7-4 7-10S11.500 0 7 0z",
    "P": "M0 20V0h7.500a5.600 5.600 0 0 1 0 11.200H0",
    "Q": "M7 0C2.500 0 0 4 0 10s2.500 10 7 10 7-4 7-10S11.500 0 7 0zM9 14.500l5 6",
    "R": "M0 20V0h7.500a5.300 5.300 0 0 1 0 10.600H0M7.500 10.600 13.500 20",
    "S": "M13 3.800C11.800 1.300 9.800 0 7.100 0 3.700 0 1 1.900 1 5c0 7 12.400 3.200 12.400 9.700 "
    "0 3.300-2.900 5.300-6.300 5.300-3.300 0-5.700-1.400-7-4",
    "T": "M0 0h14M7 0v20",
    "U": "M0 0v12.500C0 17 2.800 20 7 20s7-3 7-7.500V0",
    "V": "M0 0l7 20 7-20",
    "W": "M-1 0l4.200 20L7 6.500 10.800 20 15 0",
    "X": "M0 0l14 20M14 0 0 20",
    "Y": "M0 0l7 10.500L14 0M7 10.500V20",
    "Z": "M0 0h14L0 20h14",
}
# Above the letter, or in its foot: caron, acute, dot, macron, ogonek.
_MARKS = {
    "\u030c": "M4-6.500l3 3.300 3-3.300",
    "\u0301": "M6-3.500l3.500-3.500",
    "\u0307": "M7-5v.1",
    "\u0304": "M4-5h6",
    "\u0328": "M11 20c-1.800 1.400-2.200 4.600 1.600 4.400",
}


# A hook hangs under the last stroke of its letter.
_HOOK, _HOOK_AT = "\u0328", {"I": -4.0, "U": -2.5}


def initials(name: str) -> str:
    """Return one or two capitals for a name: of its first two words that begin with a letter we can draw."""
    words = (word.lstrip("»„“”\"'(") for word in name.split("(")[0].split())
    found = [word[0].upper() for word in words if word and _drawing(word[0].upper()) is not None]
    return "".join(found[:2])


def lettering(text: str) -> tuple[str, float]:
    """Return the path of `text` (as `initials` gives it), and how wide it is."""
    parts, left = [], 0.0
    for letter in text:
        drawn = _drawing(letter)
        if drawn is not None:
            # A narrow I takes no more room than it needs.
            inset = 6.0 if letter == "I" else 0.0
            parts.append((left - inset, drawn))
            left += WIDTH - 2 * inset + GAP
    return "".join(f'<path transform="translate({at:g} 0)" d="{path}"/>' for at, path in parts), max(0.0, left - GAP)


def _drawing(letter: str) -> str | None:
    base, *marks = list(unicodedata.normalize("NFD", letter))
    if base not in _LETTERS:
        return None
    hook = f"M{_HOOK_AT[base]} 20c-1.800 1.400-2.200 4.600 1.600 4.400" if _HOOK in marks and base in _HOOK_AT else ""
    return _LETTERS[base] + hook + "".join(_MARKS.get(mark, "") for mark in marks)
