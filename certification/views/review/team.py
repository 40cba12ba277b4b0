"""The team as a whole, for its lead and the ministry; and everybody's own verdicts beside those of the round."""

from collections.abc import Sequence
from itertools import count
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Role, User
from centres.filters import PersonField
from certification.durations import usual_durations
from certification.models import Finding, Round
from certification.teamwork import STILL_DAYS, Load, loads, months_from, standing_still
from certification.verdicts import DRIFT_POINTS, LEAST, Compared, distribution
from certification.views.review.access import AuditorRequest, auditors_only

SHOWN = 100
BAR, PITCH, WIDTH = 14, 44, 768  # of the charts, in their own units


Row = tuple[str, int | None, int | None]


class StillForm(forms.Form):
    tage = forms.IntegerField(label="Ohne Bewegung seit Tagen", min_value=1, max_value=365, initial=STILL_DAYS)


@require_safe
def team(request: HttpRequest) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    if not isinstance(user, User) or not user.is_active or not (user.is_team_lead or user.is_ministry):
        raise Http404
    form = StillForm(request.GET if "tage" in request.GET else None)
    days = form.cleaned_data["tage"] if form.is_bound and form.is_valid() else STILL_DAYS
    still, team_loads = standing_still(today, days=days), loads(today)
    context = {
        "months": months_from(today)[:-1],
        "loads": team_loads,
        "chart": _load_chart(team_loads),
        "form": form,
        "days": days,
        "still_count": still.count(),
        "still": [(case, (today - timezone.localdate(case.moved_at)).days) for case in still[:SHOWN]],  # type: ignore[attr-defined]
        "shown": SHOWN,
        "durations": usual_durations(today),
        "own_room": user.is_auditor,
    }
    return render(request, "review/team.html", context)


class VerdictForm(forms.Form):
    runde = forms.ModelChoiceField(label="Runde", queryset=Round.objects.none(), empty_label=None)
    person = PersonField(label="Person", queryset=User.objects.none(), empty_label=None)

    def __init__(self, data: Any, *, user: User) -> None:
        judged = Round.objects.filter(pk__in=Finding.objects.values("case__round"))
        rounds, people = judged.order_by("-audit_from", "label"), User.objects.filter(role=Role.AUDITOR)
        self.given = {"runde": getattr(rounds.first(), "pk", None), "person": user.pk}
        super().__init__({**self.given, **{name: data[name] for name in self.given if name in data}})
        self.fields["runde"].queryset = rounds  # type: ignore[attr-defined]
        whom = people.order_by("name", "pk") if user.is_team_lead else people.filter(pk=user.pk)
        self.fields["person"].queryset = whom  # type: ignore[attr-defined]


@require_safe
@auditors_only
def verdicts(request: AuditorRequest) -> HttpResponse:
    """One's own; the team lead may choose somebody else."""
    form = VerdictForm(request.GET, user=request.user)
    if not form.given["runde"]:
        return render(request, "review/verdicts.html", {"form": None})
    if not form.is_valid():
        raise Http404
    person, found = form.cleaned_data["person"], distribution(form.cleaned_data["runde"], form.cleaned_data["person"])
    context = {
        "form": form,
        "person": person,
        "own": person == request.user,
        "found": found,
        "chart": _share_chart(found.areas, person.name, own=person == request.user),
        "least": LEAST,
        "points": DRIFT_POINTS,
    }
    return render(request, "review/verdicts.html", context)


def _load_chart(team_loads: list[Load]) -> dict[str, Any]:
    most = max([1, *(load.open_cases for load in team_loads), *(load.visits for load in team_loads)])
    rows = [(load.person.name, load.open_cases, load.visits) for load in team_loads]
    return _chart(rows, most, ("offene Fälle", "Begehungen"))


def _share_chart(areas: Any, person: str, *, own: bool) -> dict[str, Any]:
    compared: list[Compared] = list(areas)
    rows = [(each.label, each.own.percent, each.everyone.percent) for each in compared]
    return _chart(rows, 100, ("Sie" if own else person, "Runde"), labels=360)


def _chart(rows: Sequence[Row], most: int, legend: tuple[str, str], labels: int = 200) -> dict[str, Any]:
    """Two bars for each row, measured here so that the page needs neither style nor script."""
    bars = [
        {
            "label": label,
            "text_y": top + 19,
            "first": _bar(first, most, top, labels),
            "second": _bar(second, most, top + BAR + 2, labels),
        }
        for top, (label, first, second) in zip(count(8, PITCH), rows, strict=False)
    ]
    return {"bars": bars, "height": len(rows) * PITCH + 8, "width": WIDTH, "x": labels, "bar": BAR, "legend": legend}


def _bar(value: int | None, most: int, top: int, labels: int) -> dict[str, Any]:
    width = round((WIDTH - labels - 48) * (value or 0) / most)
    shown = "–" if value is None else value
    return {"value": shown, "width": width, "end": labels + width + 6, "y": top, "text_y": top + 12}
