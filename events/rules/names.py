"""Names of people as they are sorted and compared. Plain Python."""

from __future__ import annotations

import re

from centres.rules.folding import fold

# Between given and family name; a list of people is sorted by what follows them.
PARTICLES = frozenset({"am", "da", "de", "den", "der", "di", "du", "la", "van", "vom", "von", "zu", "zum", "zur"})
TITLES = frozenset({"dipl", "dr", "frau", "herr", "med", "paed", "phil", "prof"})
ASIDES = re.compile(r"[()\[\]|/#;–—]| - ")


def family_name(name: str) -> str:
    """The last word: "Dr. Anna von der Heide" is found under "Heide" (assumption: the family name comes last)."""
    words = name.split()
    return words[-1] if words else ""


def given_names(name: str) -> str:
    """All before it."""
    return " ".join(name.split()[:-1])


def order(name: str) -> tuple[str, str]:
    """German name order (DIN 5007-2): family name first, ä as ae; titles and "von" do not count."""
    given = [word for word in fold(given_names(name)).split() if word not in TITLES | PARTICLES]
    return fold(family_name(name)), " ".join(given)


def initial(name: str) -> str:
    """The letter under which it stands in a list."""
    return order(name)[0][:1].upper()


def spellings(name: str) -> list[tuple[str, ...]]:
    """What a name may say, as words in order of the alphabet: "Anna (Anna Schmidt)" says two things.

    Titles do not count, and "Schmidt, Anna" says the same as "Anna Schmidt".
    """
    whole = [name, *ASIDES.split(name)]
    words = (tuple(sorted(word for word in fold(each).split() if word not in TITLES)) for each in whole)
    return list(dict.fromkeys(each for each in words if each))


def says(name: str, text: str) -> bool:
    """Whether each word of the text begins a word of the name."""
    words, wanted = fold(name).split(), fold(text).split()
    return bool(wanted) and all(any(word.startswith(each) for word in words) for each in wanted)
