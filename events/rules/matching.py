"""Who of the registered is meant by the names of a video system. Plain Python.

Sure is only what two people would not argue about: the same address, or the same first and last name of nobody else.
Everything that merely looks alike is for a person to decide.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from centres.rules.folding import fold
from events.rules.names import spellings
from events.rules.participants import Seen

ALIKE = 80  # of 100; from here on two names are shown side by side
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody registered; `key` names the registration."""

    key: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Match:
    """`sure` is the registration meant; else `alike` are those that may be, the likeliest first."""

    sure: int | None = None
    alike: tuple[int, ...] = ()


def match(seen: Sequence[Seen], known: Sequence[Known]) -> list[Match]:
    """One answer to each person seen, in their order. No registration is surely two people."""
    by_email = _keys((each.email.lower(), each.key) for each in known if each.email)
    by_name = _keys((spelled(each.name), each.key) for each in known)
    addressed = [_only(by_email, [each.email.lower()]) for each in seen]
    meant = [
        _only(by_name, full_names(each.name)) if address is None else address
        for each, address in zip(seen, addressed, strict=True)
    ]
    by_address, claims, looks = Counter(addressed), Counter(meant), _Looks.of(known)
    return [
        Match(key)
        if key is not None and (claims[key] == 1 or (address == key and by_address[key] == 1))
        else Match(alike=looks.like(each))
        for each, address, key in zip(seen, addressed, meant, strict=True)
    ]


def spelled(name: str) -> str:
    """The whole name as it is compared."""
    return " ".join(next(iter(spellings(name)), ()))


def full_names(name: str) -> list[str]:
    """What the name may say, where it says at least two words: "Anna" alone is nobody in particular."""
    return [" ".join(words) for words in spellings(name) if len(words) > 1]


def _keys(pairs: Iterable[tuple[str, int]]) -> Mapping[str, set[int]]:
    keys = defaultdict(set)
    for word, key in pairs:
        keys[word].add(key)
    return keys


def _only(keys: Mapping[str, set[int]], words: Iterable[str]) -> int | None:
    """The one registration that any of the words names."""
    found = set[int]().union(*(keys.get(word, ()) for word in words))
    return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class _Looks:
    """What the registered are called, and what stands before the @ of their addresses."""

    names: Mapping[int, str]
    mailboxes: Mapping[int, str]

    @classmethod
    def of(cls, known: Iterable[Known]) -> _Looks:
        rows = list(known)
        return cls({each.key: spelled(each.name) for each in rows}, {each.key: _mailbox(each.email) for each in rows})

    def like(self, each: Seen) -> tuple[int, ...]:
        """Whose name sounds alike, holds the one word that was said, or stands in the address."""
        said = {" ".join(words) for words in spellings(each.name)} | {_mailbox(each.email)}
        scores = defaultdict[int, float](float)
        for words in sorted(each for each in said if len(each) > 2):
            scorer = fuzz.token_sort_ratio if " " in words else fuzz.token_set_ratio
            for choices in (self.names, self.mailboxes):
                for _, score, key in process.extract(words, choices, scorer=scorer, score_cutoff=ALIKE, limit=None):
                    scores[key] = max(scores[key], score)
        return tuple(sorted(scores, key=lambda key: (-scores[key], key))[:SHOWN])


def _mailbox(email: str) -> str:
    return fold(email.partition("@")[0])
