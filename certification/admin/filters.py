"""What narrows the lists of the ministry."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Role, User
from centres.admin.filters import SingleSelectFilter
from centres.models import FamilyCentre, YouthOffice
from certification import lateness
from certification.models import Case, Outcome, Seal
from certification.rules.moves import State
from certification.rules.periods import long_date
from certification.rules.status import LABELS, SealStatus, running_out_from

STANDING = Outcome.objects.standing().filter(case=OuterRef("pk"))


class FoundByCentre(admin.ModelAdmin):
    """Search by number, name or place of the centre, umlauts and ß tolerant."""

    search_fields = ("centre__name",)
    search_help_text = "Zertifizierungsnummer, Name, Ort oder Träger des Familienzentrums"
    centre_path = "centre"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term:
            return queryset, False
        return queryset.filter(**{f"{self.centre_path}__in": FamilyCentre.objects.found_by(search_term)}), False


class YouthOfficeFilter(SingleSelectFilter):
    title = "Jugendamt"
    parameter_name = "jugendamt"
    field = "centre__youth_office"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        offices = YouthOffice.objects.order_by("name_folded").values_list("pk", "name")
        return [(str(pk), name) for pk, name in offices]


class AuditorFilter(SingleSelectFilter):
    title = "Prüferin oder Prüfer"
    parameter_name = "pruefung"
    field = "auditor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        auditors = User.objects.filter(role=Role.AUDITOR).order_by("name").values_list("pk", "name")
        return [(str(pk), name) for pk, name in auditors]


class LateFilter(admin.SimpleListFilter):
    title = "Überfälligkeit"
    parameter_name = "ueberfaellig"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(late.key, late.label) for late in lateness.KINDS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        late = lateness.BY_KEY.get(self.value() or "")
        return queryset.filter(late.cases(timezone.localdate())) if late else queryset


class OutcomeFilter(admin.SimpleListFilter):
    """Where the ministry's turn comes: what a second person has released and nobody has awarded."""

    title = "Ergebnis"
    parameter_name = "ergebnis"
    recommended = Q(state=State.RECOMMENDED)

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [
            ("verleihen", "freigegeben: Gütesiegel verleihen"),
            ("ablehnen", "freigegeben: nicht gütesiegelfähig"),
            ("freigabe", "wartet auf Freigabe"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        released = STANDING.exclude(released_at=None)
        conditions = {
            "verleihen": Exists(released.filter(eligible=True)),
            "ablehnen": Exists(released.filter(eligible=False)),
            "freigabe": Exists(STANDING.filter(released_at=None)),
        }
        condition = conditions.get(self.value() or "")
        return queryset.filter(self.recommended, condition) if condition else queryset


class OpenFilter(admin.SimpleListFilter):
    title = "Abschluss"
    parameter_name = "offen"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [("ja", "offen"), ("nein", "abgeschlossen")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        is_open = Q(pk__in=Case.objects.open().values("pk"))
        return {"ja": queryset.filter(is_open), "nein": queryset.exclude(is_open)}.get(self.value() or "", queryset)


class SealEndFilter(SingleSelectFilter):
    title = "Ende des Gütesiegels"
    parameter_name = "ende"
    field = "valid_through"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        ends = Seal.objects.order_by("-valid_through").values_list("valid_through", flat=True).distinct()
        return [(day.isoformat(), long_date(day)) for day in ends]


class SealStatusFilter(admin.SimpleListFilter):
    """The status of today, as `rules.status.status_on` says it."""

    title = "Stand heute"
    parameter_name = "stand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(status.value, label) for status, label in LABELS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Seal]) -> QuerySet[Seal]:
        today = timezone.localdate()
        void = Q(void_from__isnull=False, void_from__lte=today) & Q(void_from__lte=F("valid_through"))
        ended, not_yet = Q(valid_through__lt=today), Q(valid_from__gt=today)
        ends = Seal.objects.order_by().values_list("valid_through", flat=True).distinct()
        last_months = Q(valid_through__in=[end for end in ends if running_out_from(end) <= today])
        in_force = ~void & ~ended & ~not_yet
        conditions = {
            SealStatus.NOT_YET_VALID: ~void & ~ended & not_yet,
            SealStatus.VALID: in_force & ~last_months,
            SealStatus.RUNNING_OUT: in_force & last_months,
            SealStatus.ENDED: ~void & ended,
            SealStatus.WITHDRAWN: void & Q(void_kind="withdrawn"),
            SealStatus.SUPERSEDED: void & Q(void_kind="superseded"),
        }
        condition = conditions.get(self.value() or "")  # type: ignore[call-overload]
        return queryset.filter(condition) if condition else queryset


class LatestFilter(admin.SimpleListFilter):
    """The seals that decide about running centres, as the situation page counts them."""

    title = "letztem Gütesiegel je Familienzentrum"
    parameter_name = "letztes"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [("ja", "nur das letzte")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Seal]) -> QuerySet[Seal]:
        decisive = Seal.objects.latest_per_centre().filter(centre__ended_on=None)
        return queryset.filter(pk__in=decisive.values("pk")) if self.value() == "ja" else queryset
