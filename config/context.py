from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest
from django.urls import reverse

from accounts.models import Role

PUBLIC = [
    ("Familienzentren", "register"),
    ("Gütesiegel prüfen", "verification"),
    ("Veranstaltungen", "events"),
]
BY_ROLE = {
    Role.MINISTRY: [("Ministerium", "admin:index"), ("Team der Prüfung", "review:team")],
    Role.AUDITOR: [("Prüfung", "review:home")],
    Role.SERVICE_OFFICE: [("Servicestelle", "office:home")],
    Role.CENTRE: [("Mein Familienzentrum", "portal:home")],
}


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str
    current: Literal["page", "true", ""]


def navigation(request: HttpRequest) -> dict[str, list[Link]]:
    """The main menu: the places of the person's role first, then what everyone may see."""
    user = getattr(request, "user", None)
    own = BY_ROLE[user.role] if user and user.is_authenticated else []
    return {"navigation": [_link(label, reverse(name), request.path) for label, name in own + PUBLIC]}


def _link(label: str, url: str, path: str) -> Link:
    if path == url:
        return Link(label, url, "page")
    return Link(label, url, "true" if path.startswith(url) else "")
