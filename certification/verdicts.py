"""How often each person says "met", beside all of the round: to look at one's own measure, not to rank."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from accounts.models import User
from certification.models import Area, Criterion, Finding, Round, Verdict

LEAST = 5  # Assumption: fewer verdicts say nothing
DRIFT_POINTS = 20  # Assumption: so many points apart from the round is worth a talk


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many were met."""

    met: int
    of: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.met / self.of) if self.of else None


@dataclass(frozen=True, slots=True)
class Compared:
    label: str
    own: Share
    everyone: Share

    @property
    def apart(self) -> int | None:
        """Points above or below the round; None where there are too few verdicts to say."""
        if self.own.of < LEAST or self.own.percent is None or self.everyone.percent is None:
            return None
        return self.own.percent - self.everyone.percent

    @property
    def drifts(self) -> bool:
        return self.apart is not None and abs(self.apart) >= DRIFT_POINTS


@dataclass(frozen=True, slots=True)
class Distribution:
    areas: Sequence[Compared]
    criteria: Sequence[Compared]


def distribution(round_: Round, person: User) -> Distribution:
    """By area and by criterion. Three queries, however many verdicts."""
    own, everyone = _counted(round_, person)
    criteria = list(Criterion.objects.filter(area__edition=round_.edition_id).order_by("area__number", "position"))
    of_area: dict[int, list[int]] = defaultdict(list)
    for criterion in criteria:
        of_area[criterion.area_id].append(criterion.pk)
    areas = Area.objects.filter(edition=round_.edition_id).order_by("number")
    return Distribution(
        [Compared(str(a), _sum(own, of_area[a.pk]), _sum(everyone, of_area[a.pk])) for a in areas],
        [Compared(str(c), _sum(own, [c.pk]), _sum(everyone, [c.pk])) for c in criteria],
    )


def _counted(round_: Round, person: User) -> tuple[dict[int, Share], dict[int, Share]]:
    met, own = Q(verdict=Verdict.MET), Q(saved_by=person)
    rows = Finding.objects.filter(case__round=round_).order_by().values_list("part__criterion")
    counted = rows.annotate(
        own_met=Count("pk", filter=met & own),
        own_all=Count("pk", filter=own),
        all_met=Count("pk", filter=met),
        everything=Count("pk"),
    )
    mine, everyone = {}, {}
    for criterion, own_met, own_all, all_met, everything in counted:
        mine[criterion], everyone[criterion] = Share(own_met, own_all), Share(all_met, everything)
    return mine, everyone


def _sum(shares: dict[int, Share], criteria: Iterable[int]) -> Share:
    found = [shares[each] for each in criteria if each in shares]
    return Share(sum(each.met for each in found), sum(each.of for each in found))
