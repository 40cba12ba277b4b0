"""What the pages of the ministry share: objects nobody edits, and acts on them behind a question."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from accounts.admin import TrackedAdmin
from centres.refusals import sentence_of


@dataclass(frozen=True, slots=True)
class Table:
    """A table below the facts of an object; the first cell heads its row."""

    caption: str
    headers: Sequence[str]
    rows: Sequence[Sequence[object]]
    empty: str = "Keine."


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Begründung", widget=forms.Textarea(attrs={"rows": 4}), help_text="Sie bleibt im Verlauf stehen."
    )


class PlainForm(forms.Form):
    """A question without fields."""


def day_field(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


@dataclass(frozen=True, slots=True)
class Act:
    """One act of the domain as a button and a question. `perform(obj, by=…, at=…, **fields of the form)`."""

    name: str
    label: str
    question: str
    consequences: Sequence[str]
    perform: Callable[..., object]
    done: str
    form: type[forms.Form] = ReasonForm
    possible: Callable[[Any, date], bool] = lambda *_: True
    refusals: tuple[type[Exception], ...] = ()
    danger: bool = False
    facts: Callable[[Any, date], Sequence[str]] = lambda *_: ()


class ReadOnlyAdmin(TrackedAdmin):
    """A list and a page to read; what changes the object is an act, never a form of the admin."""

    list_per_page = 100
    change_form_template = "admin/certification/facts.html"

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def tables(self, obj: Any) -> list[Table]:
        """What stands below the facts."""
        return []

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        context = {"tables": self.tables(obj) if obj else [], **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)


class ActsMixin(admin.ModelAdmin):
    """Gives each object a page per act: GET asks, POST acts."""

    acts: Sequence[Act] = ()

    def get_urls(self) -> list[URLPattern]:
        route = "<int:pk>/schritt/<slug:name>/"
        return [path(route, self.admin_site.admin_view(self.act_view), name=self.act_url_name), *super().get_urls()]

    @property
    def act_url_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_act"

    def change_url(self, obj: models.Model) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        acts = [act for act in self.acts if obj and act.possible(obj, timezone.localdate())]
        context = {"acts": acts, "act_url": f"admin:{self.act_url_name}", **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def act_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        act = next((act for act in self.acts if act.name == name), None)
        obj = self.get_object(request, str(pk))
        if act is None or obj is None:
            raise Http404
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        form = act.form(request.POST if request.method == "POST" else None, initial=self.initial(obj))
        if request.method == "POST" and form.is_valid() and self._perform(act, obj, request, form):
            self.message_user(request, act.done, messages.SUCCESS)
            return redirect(self.change_url(obj))
        return self._ask(request, act, obj, form)

    def initial(self, obj: Any) -> dict[str, Any]:
        """What the form of an act begins with."""
        return {}

    def _perform(self, act: Act, obj: models.Model, request: HttpRequest, form: forms.Form) -> bool:
        try:
            act.perform(obj, by=request.user, at=timezone.now(), **form.cleaned_data)
        except act.refusals as error:
            form.add_error(None, str(error))
        except IntegrityError as error:
            form.add_error(None, sentence_of(error))
        return form.is_valid()

    def _ask(self, request: HttpRequest, act: Act, obj: models.Model, form: forms.Form) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            "title": act.question,
            "act": act,
            "facts": act.facts(obj, timezone.localdate()),
            "form": form,
            "back_url": self.change_url(obj),
        }
        return TemplateResponse(request, "admin/certification/question.html", context)
