"""Short words for what tests of the auditors' pages do again and again."""

from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from certification.models import Case
from tests.factories.accounts import UserFactory


def auditor(name: str = "Ayşe Demir") -> User:
    return UserFactory.create(auditor=True, name=name)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name: str, case: Case, *args: Any) -> str:
    return reverse(f"review:{name}", args=[case.pk, *args])


def now(case: Case) -> Case:
    case.refresh_from_db()
    return case
