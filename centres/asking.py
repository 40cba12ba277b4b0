"""Whether a centre's people can still be reached: if not, the ministry sees it and the centre is asked, yearly."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone

from centres import contacts, post
from centres.handovers import provider_of
from centres.models import Bounce, FamilyCentre, Letter, Membership

A_YEAR = timedelta(days=365)
QUESTION = "lead_question"
WHY = (
    "Briefe an die eingetragenen Personen kamen zurück, oder von ihnen hat sich seit einem Jahr niemand angemeldet. "
    "Diese Adresse ist für das Familienzentrum hinterlegt."
)


def bounced(on: date) -> Q:
    """Centres one of whose people, or whose own address, gets no post because it is dead."""
    dead = Bounce.objects.blocking().values("address")
    people = Membership.objects.on_day(on).annotate(address=Lower("user__email"))
    return Q(Exists(people.filter(centre=OuterRef("pk"), address__in=dead))) | Q(
        Exists(Bounce.objects.blocking().filter(address=Lower(OuterRef("email"))))
    )


def silent(on: date) -> Q:
    """Centres that have people, but none of them has signed in for a year, or is new."""
    people = Membership.objects.on_day(on).filter(centre=OuterRef("pk"), user__is_active=True)
    since = on - A_YEAR
    seen = people.filter(Q(user__last_login__date__gte=since) | Q(user__joined_at__date__gte=since))
    return Q(Exists(people)) & ~Q(Exists(seen))


def ask_who_leads(*, at: datetime) -> int:
    """Ask „Stimmt Ihre Leitung noch?“ at every address that is left, once a year for each centre; letters written."""
    today = timezone.localdate(at)
    lately = Letter.objects.filter(template=QUESTION, centre=OuterRef("pk"), written_at__gt=at - A_YEAR)
    doubtful = FamilyCentre.objects.running().filter(bounced(today) | silent(today)).exclude(Exists(lately))
    centres = {centre.pk: centre for centre in doubtful.order_by("pk")}
    reachable = contacts.alternatives(centres, on=today)
    return sum(
        _ask(centre, address, at=at)
        for pk, centre in centres.items()
        for address in _addresses(centre, reachable.get(pk, {}), today)
    )


def _addresses(centre: FamilyCentre, known: dict[str, str], today: date) -> Iterator[str]:
    yield from known
    provider = provider_of(centre, on=today)
    email = provider.email.lower() if provider else ""
    if email and email not in known and not Bounce.objects.blocking().filter(address=email).exists():
        yield email


def _ask(centre: FamilyCentre, address: str, *, at: datetime) -> int:
    digest = sha256(address.encode()).hexdigest()[:12]
    key = f"centre-{centre.pk}/{QUESTION}-{at.year}/{digest}"
    recipient = post.Recipient("", address)
    return post.write_to(recipient, QUESTION, key=key, rule=QUESTION, why=WHY, at=at, filed=centre)
