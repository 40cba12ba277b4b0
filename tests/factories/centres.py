from datetime import UTC, date, datetime
from typing import Any

import factory
from django.db import transaction
from factory.builder import StepBuilder

from centres.models import (
    CentreKind,
    Facility,
    FamilyCentre,
    Membership,
    MembershipRole,
    NetworkMembership,
    Proposal,
    Provider,
    RegionalYouthOffice,
    Subject,
    YouthOffice,
)
from centres.rules.folding import fold
from tests.factories.accounts import UserFactory

LONG_AGO = date(2010, 8, 1)


class YouthOfficeFactory(factory.django.DjangoModelFactory[YouthOffice]):
    class Meta:
        model = YouthOffice

    key = factory.Sequence(lambda n: f"05{n:03d}")
    name = factory.Sequence(lambda n: f"Jugendamt {n}")
    name_folded = factory.LazyAttribute(lambda office: fold(office.name))
    regional = RegionalYouthOffice.LVR


class ProviderFactory(factory.django.DjangoModelFactory[Provider]):
    class Meta:
        model = Provider

    name = factory.Sequence(lambda n: f"Träger {n}")
    group = "kommunal"


class FacilityFactory(factory.django.DjangoModelFactory[Facility]):
    class Meta:
        model = Facility

    number = factory.Sequence(lambda n: f"0{n}")
    name = factory.Sequence(lambda n: f"Kita {n}")
    provider = factory.SubFactory(ProviderFactory)
    street = "Hauptstraße 1"
    postcode = "50667"
    town = "Köln"


class NetworkMembershipFactory(factory.django.DjangoModelFactory[NetworkMembership]):
    """A facility in a centre; name the centre: `centre=…`."""

    class Meta:
        model = NetworkMembership

    centre: Any = None
    facility = factory.SubFactory(FacilityFactory)
    starts_on = LONG_AGO


class FamilyCentreFactory(factory.django.DjangoModelFactory[FamilyCentre]):
    """A lawful single centre with its one facility.

    `member__facility__town="Aachen"` reaches the facility, `member=None` leaves it out.
    """

    class Meta:
        model = FamilyCentre
        skip_postgeneration_save = True

    certification_number = factory.Sequence(lambda n: f"{n:07d}")
    name = factory.Sequence(lambda n: f"Familienzentrum {n}")
    kind = CentreKind.SINGLE
    youth_office = factory.SubFactory(YouthOfficeFactory)
    email = factory.LazyAttribute(lambda centre: f"fz-{centre.certification_number}@example.org")
    member = factory.RelatedFactory(
        NetworkMembershipFactory, factory_related_name="centre", grant_recipient=True, contact=True
    )

    @factory.post_generation
    def findable(self, create: bool, extracted: object, **kwargs: Any) -> None:
        if create:
            FamilyCentre.objects.filter(pk=self.pk).refresh_search()  # type: ignore[attr-defined]
            self.refresh_from_db(fields=["search"])  # type: ignore[attr-defined]

    @classmethod
    def _generate(cls, strategy: str, params: dict[str, Any]) -> Any:
        """Centre and facility in one transaction: the database checks a single centre at its end."""
        with transaction.atomic():
            return StepBuilder(cls._meta, params, strategy).build()


class CentreSubFactory(factory.SubFactory):
    """A centre made for another row, in one transaction as well."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(FamilyCentreFactory, **kwargs)

    def evaluate(self, *args: Any) -> Any:
        with transaction.atomic():
            return super().evaluate(*args)


class NetworkFactory(FamilyCentreFactory):
    """A network of three facilities; `size` takes another number."""

    kind = CentreKind.NETWORK

    @factory.post_generation
    def size(self, create: bool, extracted: int | None, **kwargs: Any) -> None:
        if create:
            NetworkMembershipFactory.create_batch((extracted or 3) - 1, centre=self)
            FamilyCentre.objects.filter(pk=self.pk).refresh_search()  # type: ignore[attr-defined]
            self.refresh_from_db(fields=["search"])  # type: ignore[attr-defined]


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    """A lead of a centre."""

    class Meta:
        model = Membership

    class Params:
        deputy = factory.Trait(role=MembershipRole.DEPUTY)

    centre = CentreSubFactory()
    user = factory.SubFactory(UserFactory)
    role = MembershipRole.LEAD
    starts_on = LONG_AGO


class ProposalFactory(factory.django.DjangoModelFactory[Proposal]):
    """A new name that waits for the ministry."""

    class Meta:
        model = Proposal

    centre = CentreSubFactory()
    subject = Subject.NAME
    old = factory.LazyAttribute(lambda proposal: proposal.centre.name)
    new = "Familienzentrum Sternschnuppe"
    reason = "Der Träger hat den Namen geändert."
    proposed_by = factory.SubFactory(UserFactory)
    proposed_at = datetime(2026, 2, 2, 9, tzinfo=UTC)
