from datetime import date

from accounts.models import Role, User
from centres.models import Membership
from certification.models import Case
from certification.rules.moves import Actor, Move

ACTORS = {Role.CENTRE: Actor.CENTRE, Role.AUDITOR: Actor.AUDITOR, Role.MINISTRY: Actor.MINISTRY}


def actor_of(user: User | None) -> Actor | None:
    """In which part somebody acts; nobody is the clock, the service office has no part in cases."""
    if user is None:
        return Actor.CLOCK
    return ACTORS.get(Role(user.role)) if user.is_active else None


def may(user: User | None, move: Move, case: Case, *, on: date) -> bool:
    """Whether this person may make this move with this case, wherever it stands now."""
    actor = actor_of(user)
    if actor not in move.actors:
        return False
    if actor != Actor.CENTRE:
        return True
    return Membership.objects.on_day(on).filter(user=user, centre=case.centre_id).exists()


def may_record_objections(user: User) -> bool:
    return user.is_active and (user.is_ministry or user.is_team_lead)
