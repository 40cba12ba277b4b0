import factory

from accounts.models import Role, User

PASSWORD = "familienzentrum"


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A lead of some centre; the traits make staff. Everyone signs in with PASSWORD."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        ministry = factory.Trait(role=Role.MINISTRY)
        auditor = factory.Trait(role=Role.AUDITOR)
        service_office = factory.Trait(role=Role.SERVICE_OFFICE)
        lead = factory.Trait(role=Role.CENTRE)

    email = factory.Sequence(lambda n: f"person-{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    role = Role.CENTRE
    password = factory.django.Password(PASSWORD)
