from collections.abc import Callable

import pghistory


def tracked(*, exclude: list[str] | None = None, fields: list[str] | None = None) -> Callable[[type], type]:
    """Database triggers write every change of the model's rows, whichever way it is made.

    `fields` or `exclude` name what must not be written: secrets, and what only repeats other columns.
    """
    events = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    decorate: Callable[[type], type] = pghistory.track(*events, exclude=exclude, fields=fields)
    return decorate
