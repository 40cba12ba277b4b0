import re
import unicodedata

# Spelling variants of German telephone books (DIN 5007-2), and letters that have no accent to strip or lack a dot.
LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}
)
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))


def fold(text: str) -> str:
    """The text as it is searched and sorted: "Köln-Süd" and "KOELN  SUED" become the same.

    Folding a folded text changes nothing.
    """
    if text.isascii():
        return " ".join(re.findall("[a-z0-9]+", text.lower()))
    composed = unicodedata.normalize("NFKC", text).lower()
    spelled = unicodedata.normalize("NFC", composed).translate(LETTERS)
    plain = "".join(c for c in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(c))
    letters = plain.translate(LETTERS)
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())


def one_line(text: str) -> str:
    """The text as one clean line for storing: its letters, case, quotes and accents stay as they are.

    Line breaks, tabs, control characters and every kind of blank become one blank;
    invisible characters that spreadsheets leave behind go.
    """
    if text.isprintable():  # neither control characters nor invisible ones
        return unicodedata.normalize("NFC", " ".join(text.split()))
    visible = text.translate(INVISIBLE)
    spaced = "".join(" " if unicodedata.category(c) == "Cc" else c for c in visible)
    return unicodedata.normalize("NFC", " ".join(spaced.split()))
