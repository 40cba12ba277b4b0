"""The public register with the seals: two rooms on one page."""

from typing import Any

from django.utils.formats import date_format

from centres.urls import register_urls
from centres.views import Register, RegisterEntry
from certification.centre_seals import with_seal
from certification.rules.status import SealStatus


class Sealed:
    """Adds to each centre what the public may know of its seal."""

    today: Any

    def known(self, centres: Any) -> Any:
        return with_seal(centres, today=self.today)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        for centre in [context["centre"]] if "centre" in context else context["object_list"]:
            centre.seal_label, centre.seal_tone = _seal(centre)
        return context


class SealedRegister(Sealed, Register):
    pass


class SealedEntry(Sealed, RegisterEntry):
    pass


def _seal(centre: Any) -> tuple[str, str]:
    if centre.seal_status in {SealStatus.VALID, SealStatus.RUNNING_OUT}:
        return f"gültig bis {date_format(centre.seal_through, 'j. F Y')}", "success"
    if centre.seal_status == SealStatus.NOT_YET_VALID:
        return "noch nicht gültig", "info"
    return "zurzeit kein gültiges Gütesiegel", ""


urlpatterns = register_urls(SealedRegister, SealedEntry)
