"""The whole language of a letter's text: words, and placeholders in braces. Nothing else is ever evaluated.

A name in braces is looked up in a list; there are no attributes, filters, conditions or loops, and what is put in is
not looked at again. So a text can say what its letter offers and nothing more.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches

BRACED = re.compile(r"\{([^{}\n]*)\}")
BRACE = re.compile(r"[{}]")


def names_in(text: str) -> list[str]:
    """The placeholders of a text, each once, in their order."""
    return list(dict.fromkeys(BRACED.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with every placeholder replaced. KeyError for one that has no value: check with `problems` before."""
    return BRACED.sub(lambda match: values[match[1]], text)


def problems(text: str, known: Collection[str]) -> list[str]:
    """What keeps a text from being used, as sentences for the person who wrote it."""
    unknown = [_unknown(name, known) for name in names_in(text) if name not in known]
    return [*unknown, *_stray_braces(text)]


def missing(text: str, mandatory: Mapping[str, str]) -> list[str]:
    """A sentence for each placeholder the text must have; `mandatory` names what each stands for."""
    there = names_in(text)
    return [
        f"Der Platzhalter {{{name}}} fehlt ({meaning}). Ohne ihn sagt der Brief nicht alles, was er sagen muss."
        for name, meaning in mandatory.items()
        if name not in there
    ]


def _unknown(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name.strip(), known, n=1, cutoff=0.5)
    hint = f"Meinten Sie {{{near[0]}}}?" if near else "Bitte nehmen Sie einen aus der Liste."
    return f"Den Platzhalter {{{name}}} gibt es in diesem Brief nicht. {hint}"


def _stray_braces(text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        if BRACE.search(BRACED.sub("", line)):
            yield (
                f"In Zeile {number} steht eine geschweifte Klammer, die zu keinem Platzhalter gehört. "
                "Bitte schreiben Sie Platzhalter so: {Name}, mit je einer Klammer."
            )
