"""What must never be false: the database refuses it, and says so in German."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from accounts.models import User
from centres.models import Facility, FamilyCentre, Letter, Membership, NetworkMembership, YouthOffice
from centres.refusals import check_deferred, sentence_of
from tests.factories.accounts import UserFactory
from tests.factories.centres import (
    FacilityFactory,
    FamilyCentreFactory,
    MembershipFactory,
    NetworkFactory,
    NetworkMembershipFactory,
    ProviderFactory,
    YouthOfficeFactory,
)
from tests.factories.post import LetterFactory

pytestmark = pytest.mark.django_db
NEW_YEAR = date(2026, 1, 1)


def change(model: type[Model], **values: object) -> Callable[[], object]:
    return lambda: model._default_manager.update(**values)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        act()
        check_deferred()
    return sentence_of(caught.value)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (
            change(FamilyCentre, ended_on=NEW_YEAR),
            "Ein beendetes Familienzentrum braucht Tag und Grund der Beendigung.",
        ),
        (change(FamilyCentre, end_reason="Schließung"), "Ein beendetes Familienzentrum braucht Tag und Grund"),
        (change(FamilyCentre, kind="circle"), "Die Form ist entweder Einzel-Familienzentrum oder Verbund."),
        (change(FamilyCentre, name=""), "Ein Familienzentrum braucht Namen und Zertifizierungsnummer."),
        (change(Facility, postcode="1234"), "Eine Postleitzahl hat fünf Ziffern."),
        (change(NetworkMembership, ends_on=date(2001, 1, 1)), "Der letzte Tag liegt vor dem ersten."),
        (change(NetworkMembership, ends_on=NEW_YEAR), "genau eine Einrichtung, hier sind es 0."),
        (change(Membership, ends_on=date(2001, 1, 1)), "Der letzte Tag liegt vor dem ersten."),
        (change(Membership, role="guest"), "Die Aufgabe ist entweder Leitung oder Vertretung."),
        (change(YouthOffice, regional="BER"), "Das Landesjugendamt ist entweder LVR oder LWL."),
        (change(User, role="guest"), "Diese Rolle gibt es nicht."),
        (change(Letter, state="sent"), "Ein versandter Brief trägt den Zeitpunkt des Versands."),
        (change(Letter, state="lost"), "Diesen Stand eines Briefes gibt es nicht."),
    ],
)
def test_nonsense_is_refused_with_a_sentence(act: Callable[[], object], said: str) -> None:
    LetterFactory.create(centre=MembershipFactory.create().centre)

    assert said in refused(act)


def test_single_centre_never_has_two_facilities() -> None:
    centre = FamilyCentreFactory.create()

    assert "zu jeder Zeit genau eine Einrichtung" in refused(lambda: NetworkMembershipFactory.create(centre=centre))


def test_single_centre_is_never_without_a_facility() -> None:
    assert "hier sind es 0." in refused(lambda: FamilyCentreFactory.create(member=None))


def test_network_that_becomes_single_is_refused() -> None:
    NetworkFactory.create()

    assert "zu jeder Zeit genau eine Einrichtung" in refused(change(FamilyCentre, kind="single"))


def test_single_centre_may_change_its_facility_within_one_transaction() -> None:
    centre = FamilyCentreFactory.create()
    centre.facility_memberships.update(ends_on=date(2025, 12, 31))
    NetworkMembershipFactory.create(centre=centre, starts_on=NEW_YEAR)

    check_deferred()

    assert centre.facility_memberships.count() == 2


def test_facility_is_never_in_two_centres_at_a_time() -> None:
    facility = FamilyCentreFactory.create().facility_memberships.get().facility
    network = NetworkFactory.create()

    said = refused(lambda: NetworkMembershipFactory.create(centre=network, facility=facility))

    assert said.startswith("Diese Einrichtung gehört in dieser Zeit schon zu einem Familienzentrum.")


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        ("grant_recipient", "Ein Verbund hat zu jeder Zeit nur einen Zuschussempfänger."),
        ("contact", "Ein Verbund hat zu jeder Zeit nur eine Kontakteinrichtung."),
    ],
)
def test_network_has_one_of_a_kind_at_a_time(flag: str, said: str) -> None:
    NetworkFactory.create()

    assert refused(change(NetworkMembership, **{flag: True})) == said


def test_centre_has_one_lead_at_a_time() -> None:
    centre = MembershipFactory.create().centre

    assert "nur eine Leitung" in refused(lambda: MembershipFactory.create(centre=centre))


def test_person_is_at_a_centre_once_at_a_time() -> None:
    deputy = MembershipFactory.create(deputy=True)

    said = refused(lambda: MembershipFactory.create(centre=deputy.centre, user=deputy.user, deputy=True))

    assert said == "Diese Person ist in dieser Zeit schon für das Familienzentrum zuständig."


@pytest.mark.parametrize(
    ("make", "name", "said"),
    [
        (UserFactory, "email", "Zu dieser E-Mail-Adresse gibt es schon ein Konto."),
        (FamilyCentreFactory, "certification_number", "Diese Zertifizierungsnummer ist schon vergeben."),
        (FacilityFactory, "number", "Diese Einrichtungsnummer ist schon vergeben."),
        (YouthOfficeFactory, "key", "Diesen Schlüssel hat schon ein anderes Jugendamt."),
        (ProviderFactory, "name", "Ein Träger dieses Namens ist schon angelegt."),
    ],
)
def test_what_names_a_thing_names_one_only(make: type, name: str, said: str) -> None:
    one, other = make.create(), make.create()  # type: ignore[attr-defined]
    setattr(other, name, getattr(one, name))

    with pytest.raises(Exception, match=said):
        other.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


def test_refusal_without_a_name_is_still_a_sentence() -> None:
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO centres_provider (name) VALUES (NULL)")

    assert sentence_of(caught.value).startswith("Die Datenbank hat die Angaben abgelehnt")
