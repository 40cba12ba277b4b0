"""`{% state_badge case.state %}`: the state of a case as a badge, drawn once for each state."""

from functools import cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from certification.rules.moves import State

TONES = {
    State.SUBMITTED: "info",
    State.IN_REVIEW: "info",
    State.QUERIED: "warning",
    State.VISIT_AGREED: "info",
    State.VISITED: "info",
    State.RECOMMENDED: "info",
    State.AWARDED: "success",
    State.NOT_AWARDED: "danger",
}

register = template.Library()


@register.simple_tag
@cache
def state_badge(state: str) -> SafeString:
    known = State(state)
    return render_to_string("components/badge.html", {"label": known.label, "tone": TONES.get(known, "")})
