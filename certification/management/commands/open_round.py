from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from centres.rules.kindergarten_year import KindergartenYear
from certification import opening, rounds
from certification.models import Edition, Procedure, Round
from certification.rules.cohorts import initial_label, renewal_label
from certification.rules.rounds import initial_dates, renewal_dates


class Command(BaseCommand):
    help = (
        "Open a round in the foreground: one case and one invitation for each centre concerned, once. "
        "Run again, it goes on where it was stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--procedure", choices=Procedure.values, required=True)
        parser.add_argument("--seal-end", type=date.fromisoformat, help="renewal: last valid day, e.g. 2027-07-31")
        parser.add_argument("--year", type=int, help="initial: first year of the kindergarten year, e.g. 2026")
        parser.add_argument("--label", help="name of the round; without it, made from procedure and cohort")
        parser.add_argument("--edition", help="key of the edition of the criteria; without it, the newest official")
        parser.add_argument("--by", help="e-mail address of whoever of the ministry answers for it")
        parser.add_argument("--dry-run", action="store_true", help="say who would be invited, change nothing")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        now = timezone.localtime()
        with transaction.atomic():
            round_ = _round(options)
            preview = opening.preview(round_, on=now.date())
            count = preview.included.count()
            self.stdout.write(f"{round_}: {count} Familienzentren. {preview.why}")
            for reason, centres in preview.left_out:
                self.stdout.write(f"Nicht dabei: {centres.count()}. {reason}")
            if dry_run:
                transaction.set_rollback(True)
            else:
                _confirm(round_, by=_person(options["by"]), at=now)
        if dry_run:
            self.stdout.write("Probelauf: Es ist nichts geändert.")
        else:
            self._open(round_, count, now)

    def _open(self, round_: Round, count: int, now: datetime) -> None:
        def tell(done: int) -> None:
            self.stdout.write(f"{done} von {count} Fällen angelegt")

        created = opening.open_cases(round_, on=now.date(), at=now, progress=tell)
        self.stdout.write(self.style.SUCCESS(f"{round_} ist eröffnet: {created} neue Fälle."))


def _round(options: dict[str, Any]) -> Round:
    """The round of this name, or else a new one with the default dates."""
    procedure, seal_end, year = options["procedure"], options["seal_end"], options["year"]
    if procedure == Procedure.RENEWAL:
        if seal_end is None or year is not None:
            raise CommandError("A renewal needs --seal-end and no --year.")
        label, dates = renewal_label(seal_end), renewal_dates(seal_end)
    else:
        if year is None or seal_end is not None:
            raise CommandError("An initial round needs --year and no --seal-end.")
        label, dates = initial_label(KindergartenYear(year)), initial_dates(KindergartenYear(year))
    given = Round.objects.filter(label=options["label"] or label).first()
    if given is None:
        edition = _edition(options["edition"])
        return Round.objects.create(
            procedure=procedure, label=options["label"] or label, edition=edition, seal_end=seal_end, **asdict(dates)
        )
    if (given.procedure, given.seal_end) != (procedure, seal_end):
        raise CommandError(f"There is another round named {given.label}; give this one a --label of its own.")
    return given


def _edition(key: str | None) -> Edition:
    editions = Edition.objects.filter(key=key) if key else Edition.objects.order_by("-official", "-pk")
    edition = editions.first()
    if edition is None:
        known = ", ".join(Edition.objects.order_by("key").values_list("key", flat=True)) or "none"
        raise CommandError(f"No such edition of the criteria; known: {known}. See manage.py load_catalogue.")
    return edition


def _person(email: str | None) -> User | None:
    if not email:
        return None
    person = User.objects.filter(email__iexact=email).first()
    if person is None or not person.is_ministry:
        raise CommandError(f"Nobody of the ministry has the address {email}.")
    return person


def _confirm(round_: Round, *, by: User | None, at: datetime) -> None:
    """Once; a round confirmed earlier goes on where it was stopped."""
    if round_.confirmed_at:
        return
    try:
        rounds.confirm(round_, by=by, at=at, on=at.date(), in_background=False)
    except rounds.NotPossibleError as error:
        raise CommandError(str(error)) from error
