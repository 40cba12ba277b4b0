from collections.abc import Callable

import pghistory


def tracked(
    *, exclude: list[str] | None = None, fields: list[str] | None = None, name: str | None = None
) -> Callable[[type], type]:
    """Database triggers write every change of the model's rows, whichever way it is made.

    `fields` or `exclude` name what must not be written: secrets, and what only repeats other columns.
    With `fields` the rows need a `name`: one made of the fields would change, and lose them, with each new field.
    """
    events = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    decorate: Callable[[type], type] = pghistory.track(*events, exclude=exclude, fields=fields, model_name=name)
    return decorate
