"""The ministry has changed one letter's text, and a second change waits for its second person."""

from datetime import datetime, timedelta

from django.db.models import F

from centres.models import Letter, LetterState, LetterText
from centres.texts import acts, rendering
from centres.texts.book import BOOK
from config.demo.people import Staff

CHANGED, WAITING = "case_declined", "reminder_submission"
ADVICE = "Sprechen Sie mit Ihrem Träger und Ihrem Jugendamt darüber, wie es weitergeht."
BETTER_ADVICE = (
    "Lesen Sie im Portal die Gründe je Bereich. Sprechen Sie dann mit Ihrem Träger und Ihrem Jugendamt darüber, "
    "wie es weitergeht."
)
ASKED = "Beantworten Sie im Portal die offenen Kriterien und reichen Sie"
ASKED_BETTER = "Öffnen Sie im Portal Ihre Aufgabenliste, beantworten Sie die offenen Kriterien, und reichen Sie"


def make_texts(staff: Staff, *, at: datetime) -> None:
    """Written after the letters of the demo, so that none of them ought to read otherwise."""
    text = _draft(CHANGED, ADVICE, BETTER_ADVICE, "Rückmeldung der Jugendämter: Viele suchten die Gründe.", staff, at)
    acts.hand_in(text, by=staff.ministry, at=at)
    acts.release(text, by=staff.ministry_second, at=at, seen=acts.mark(text))
    later = at + timedelta(minutes=5)
    text = _draft(WAITING, ASKED, ASKED_BETTER, "Die Aufgabenliste ist der kürzeste Weg.", staff, later)
    acts.hand_in(text, by=staff.ministry, at=later)
    Letter.objects.filter(template=acts.ASKS).update(
        state=LetterState.SENT, sent_at=F("written_at"), attempts=1, error="", useful_through=None
    )


def _draft(letter: str, old: str, new: str, reason: str, staff: Staff, at: datetime) -> LetterText:
    kind, words = BOOK[letter], rendering.shipped(letter)
    body = words.body.replace(old, new)
    return acts.save_draft(kind, subject=words.subject, body=body, reason=reason, by=staff.ministry, at=at)
