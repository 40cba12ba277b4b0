from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.admin import TrackedAdmin
from centres.models import FamilyCentre
from centres.refusals import check_deferred, sentence_of


class RegisterAdmin(TrackedAdmin):
    """Saving keeps what centres are found by up to date, and the database's last word reaches the person."""

    list_per_page = 100

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError as error:
            self.message_user(request, f"Es wurde nichts gespeichert. {sentence_of(error)}", messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        check_deferred()
        self.centres_of(form.instance).refresh_search()

    def centres_of(self, obj: Any) -> Any:
        """The centres that are found by this object's words."""
        return FamilyCentre.objects.none()
