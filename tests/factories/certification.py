from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import factory
from django.core.files.base import ContentFile

from certification.models import Case, Certificate, Edition, Procedure, QualityProfile, Round, Seal
from certification.rules.numbers import certificate_number
from certification.rules.rounds import renewal_dates
from certification.rules.validity import RULE_VERSION, validity
from tests.factories.centres import CentreSubFactory

SEAL_END = date(2026, 7, 31)
LONG_SINCE = datetime(2024, 10, 15, 8, tzinfo=UTC)


class EditionFactory(factory.django.DjangoModelFactory[Edition]):
    """An edition without areas and criteria."""

    class Meta:
        model = Edition

    key = factory.Sequence(lambda n: f"edition-{n}")
    label = factory.Sequence(lambda n: f"Kriterien {n}")


class RoundFactory(factory.django.DjangoModelFactory[Round]):
    """A round of renewals; `seal_end` moves all its dates. `opened_at` says that it is open."""

    class Meta:
        model = Round

    class Params:
        initial = factory.Trait(procedure=Procedure.INITIAL, seal_end=None)
        dates = factory.LazyAttribute(lambda round_: renewal_dates(round_.seal_end or SEAL_END))

    procedure = Procedure.RENEWAL
    label = factory.Sequence(lambda n: f"Runde {n}")
    edition = factory.SubFactory(EditionFactory)
    seal_end: Any = SEAL_END
    audit_from = factory.SelfAttribute("dates.audit_from")
    audit_until = factory.SelfAttribute("dates.audit_until")
    registration_until = factory.SelfAttribute("dates.registration_until")
    submission_until = factory.SelfAttribute("dates.submission_until")
    visits_from = factory.SelfAttribute("dates.visits_from")
    visits_until = factory.SelfAttribute("dates.visits_until")
    results_until = factory.SelfAttribute("dates.results_until")


class CaseFactory(factory.django.DjangoModelFactory[Case]):
    """A centre just invited; `state=State.…` puts the case where no acts have led it."""

    class Meta:
        model = Case

    round = factory.SubFactory(RoundFactory)
    centre = CentreSubFactory()
    state_since = LONG_SINCE


class SealFactory(factory.django.DjangoModelFactory[Seal]):
    """A seal with the days the rule gives for `awarded_on`; without a case, as imported ones are."""

    class Meta:
        model = Seal

    class Params:
        rule = factory.LazyAttribute(lambda seal: validity(seal.awarded_on))

    centre = CentreSubFactory()
    awarded_on: Any = date(2026, 5, 5)
    valid_from = factory.SelfAttribute("rule.valid_from")
    valid_through = factory.SelfAttribute("rule.valid_through")
    rule_version = RULE_VERSION
    explanation = factory.LazyAttribute(lambda seal: list(seal.rule.sentences))


class CertificateFactory(factory.django.DjangoModelFactory[Certificate]):
    """A certificate that was ordered; `issued=True` gives it a file that is none, without any rendering."""

    class Meta:
        model = Certificate

    class Params:
        issued = factory.Trait(
            issued_at=factory.SelfAttribute("requested_at"),
            file=factory.LazyAttribute(lambda c: ContentFile(c.number.encode(), f"{c.number}.pdf")),
            sha256=factory.LazyAttribute(lambda c: sha256(c.number.encode()).hexdigest()),
        )

    seal = factory.SubFactory(SealFactory)
    number = factory.Sequence(lambda n: certificate_number(2006, n + 1))
    facts = factory.LazyAttribute(lambda c: {"number": c.number, "centre": c.seal.centre.name})
    requested_at = datetime(2026, 5, 5, 10, tzinfo=UTC)


class ProfileFactory(factory.django.DjangoModelFactory[QualityProfile]):
    """An issued quality profile of an outcome you name, with a file that is none."""

    class Meta:
        model = QualityProfile

    outcome: Any = None
    version = 1
    facts = factory.LazyAttribute(
        lambda p: {
            "certification_number": p.outcome.case.centre.certification_number,
            "round": p.outcome.case.round.label,
            "released_on": "2026-05-05",
        }
    )
    requested_at = datetime(2026, 5, 5, 10, tzinfo=UTC)
    issued_at = factory.SelfAttribute("requested_at")
    file = factory.LazyAttribute(lambda _: ContentFile(b"profile", "profile.pdf"))
    sha256 = sha256(b"profile").hexdigest()
