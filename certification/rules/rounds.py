from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from centres.rules.kindergarten_year import KindergartenYear
from certification.rules.periods import long_date


@dataclass(frozen=True, slots=True)
class RoundDates:
    """The dates of a round; each is the first or last day itself."""

    audit_from: date
    audit_until: date
    registration_until: date
    submission_until: date
    visits_from: date
    visits_until: date
    results_until: date


def renewal_dates(seal_end: date) -> RoundDates:
    """Defaults, to be edited, for renewing seals that end on 31 July Y.

    Source: audit period 1 January Y-1 to 31 January Y, Pädquis, FAQ Re-Zertifizierung; papers in
    October/November Y-2, submission around February Y, visits February to June Y, results May to
    July Y; domain.md § 3.2.

    Assumption: the days within these months; and a seal extended to another day
    (DVO KiBiz § 11 (1a)) is renewed as one that ends on the 31 July before.
    """
    end = KindergartenYear.of(seal_end + timedelta(days=1)).start
    return RoundDates(
        audit_from=date(end - 1, 1, 1),
        audit_until=date(end, 1, 31),
        registration_until=date(end - 2, 12, 15),
        submission_until=date(end, 3, 1) - timedelta(days=1),
        visits_from=date(end, 2, 15),
        visits_until=date(end, 6, 30),
        results_until=date(end, 7, 15),
    )


def initial_dates(year: KindergartenYear) -> RoundDates:
    """Defaults, to be edited, for first certifications in a kindergarten year.

    Source: invitation in August, information event in September, desk review and visit from spring,
    visits in late June and July by agreement only, result in summer; domain.md § 3.1.

    Assumption: every single date. The audit period is taken to be the kindergarten year, and the
    submission lies within it, so that the seal is awarded before the year is over.
    """
    return RoundDates(
        audit_from=year.first_day,
        audit_until=year.last_day,
        registration_until=date(year.start, 9, 30),
        submission_until=date(year.start + 1, 4, 30),
        visits_from=date(year.start + 1, 5, 2),
        visits_until=date(year.start + 1, 6, 30),
        results_until=date(year.start + 1, 7, 15),
    )


def explain_renewal(seal_end: date) -> list[str]:
    """When the renewal of a seal that ends then would start, and what falls due when: German sentences."""
    dates = renewal_dates(seal_end)
    handing_in = (
        f"Einzureichen wäre voraussichtlich bis zum {long_date(dates.submission_until)}, "
        f"das Ergebnis läge spätestens am {long_date(dates.results_until)} vor."
    )
    return [
        f"Zur nächsten Re-Zertifizierung laden wir Sie im Herbst {dates.registration_until.year} ein.",
        f"Der Prüfzeitraum geht vom {long_date(dates.audit_from)} bis zum {long_date(dates.audit_until)}.",
        handing_in,
    ]


# The first must not be later than the second. Visits may begin before the last centre has handed in.
ORDER = (
    ("audit_from", "audit_until", "Der Beginn des Prüfzeitraums", "dessen Ende"),
    ("audit_from", "submission_until", "Der Beginn des Prüfzeitraums", "der Abgabe"),
    ("registration_until", "submission_until", "Das Ende der Anmeldung", "der Abgabe"),
    ("registration_until", "visits_from", "Das Ende der Anmeldung", "dem Beginn der Begehungen"),
    ("visits_from", "visits_until", "Der Beginn der Begehungen", "deren Ende"),
    ("submission_until", "visits_until", "Die Abgabe", "dem Ende der Begehungen"),
    ("visits_until", "results_until", "Das Ende der Begehungen", "den Ergebnissen"),
)


def problems(dates: RoundDates) -> list[str]:
    """What is out of order in the dates, as German sentences; empty where they can happen."""
    found = []
    for first, second, first_name, second_name in ORDER:
        earlier, later = getattr(dates, first), getattr(dates, second)
        if earlier > later:
            found.append(f"{first_name} ({long_date(earlier)}) liegt nach {second_name} ({long_date(later)}).")
    return found
