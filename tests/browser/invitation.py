"""Where a lead's way begins: a round is opened, a letter is delivered, and its link leads to her case."""

import re
from datetime import date, timedelta

from django.core import mail
from django.utils import timezone

from centres.delivery import deliver_waiting
from centres.rules.kindergarten_year import KindergartenYear
from certification.models import Case
from certification.opening import open_cases
from tests.certification.portal_cases import small_edition
from tests.factories.centres import MembershipFactory
from tests.factories.certification import RoundFactory, SealFactory


def invited() -> Case:
    """A case made by opening a round whose papers are due in the coming February; its centre has a lead."""
    today = timezone.localdate()
    ending = KindergartenYear.of(today + timedelta(days=200)).last_day
    centre = MembershipFactory.create().centre
    SealFactory.create(centre=centre, awarded_on=date(ending.year - 4, 5, 5))
    known = {"edition": small_edition(), "seal_end": ending, "registration_until": today + timedelta(days=20)}
    round_ = RoundFactory.create(**known)
    open_cases(round_, on=today, at=timezone.now())
    return Case.objects.get(centre=centre)


def link_in_the_mail() -> str:
    """What the invitation says: here you go on."""
    deliver_waiting(now=timezone.now)
    (link,) = re.findall(r"Hier geht es weiter: (\S+)", str(mail.outbox[-1].body))
    return str(link)


def code_in_the_mail() -> str:
    (code,) = re.findall(r"^\s+(\d{6})$", str(mail.outbox[-1].body), re.MULTILINE)
    return str(code)
