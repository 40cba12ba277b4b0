"""The texts of letters in the admin of the ministry: every letter, its versions, and the acts on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from accounts.models import User
from centres.models import LetterText, TextState
from centres.post import Recipient
from centres.refusals import sentence_of
from centres.rules.difference import Line, differences
from centres.texts import acts, rendering
from centres.texts.book import BOOK, LetterKind
from certification.admin.base import Act, ActsMixin, PlainForm, ReadOnlyAdmin, ReasonForm

OWN_ONLY = {"take_back", "release", "send_back"}  # depends on who wrote the version
NOBODY = Recipient("", "name@example.org", "Vorname Nachname")


class TextForm(forms.Form):
    """Subject and body with placeholders; what is wrong with them stands by the field."""

    subject = forms.CharField(
        label="Betreff", max_length=200, required=False, strip=False, widget=forms.TextInput({"size": 80})
    )
    body = forms.CharField(
        label="Text",
        max_length=5000,
        required=False,
        widget=forms.Textarea({"rows": 18, "cols": 80}),
        help_text="Anrede, Link, Name und Nummer des Familienzentrums, Grund des Schreibens und Gruß kommen von "
        "selbst dazu. Platzhalter stehen in geschweiften Klammern, zum Beispiel {Familienzentrum}.",
    )
    reason = forms.CharField(
        label="Warum diese Änderung?",
        max_length=250,
        widget=forms.TextInput({"size": 80}),
        help_text="Die zweite Person liest das, und es bleibt im Verlauf stehen.",
        error_messages={"required": "Bitte schreiben Sie, warum Sie den Text ändern."},
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, kind: LetterKind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if {"subject", "body"} <= data.keys():
            for field, sentences in rendering.problems(self.kind, data["subject"], data["body"]).items():
                self.add_error(field, sentences)
        return data


class ReleaseForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput)


class ProbeForm(forms.Form):
    number = forms.CharField(
        label="Zertifizierungsnummer",
        required=False,
        max_length=20,
        help_text="Mit diesem Fall wird der Brief ausgefüllt. Leer: mit dem neuesten passenden.",
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One letter in the list: what it says today, and whether something is on its way."""

    kind: LetterKind
    in_force: LetterText | None
    open: LetterText | None

    @property
    def changed(self) -> bool:
        return self.in_force is not None and not self.in_force.shipped

    @property
    def misfit(self) -> str:
        return rendering.misfit(self.in_force) if self.in_force else ""


@dataclass(frozen=True, slots=True)
class Preview:
    """The letter as it would read; or why it cannot be shown."""

    number: str
    of: str = ""
    words: rendering.Words | None = None
    made_up: Sequence[str] = ()
    error: str = ""


def preview(kind: LetterKind, text: LetterText | None, number: str) -> Preview:
    words = rendering.words_of(text) if text else rendering.shipped(kind.key)
    if rendering.problems(kind, words.subject, words.body):
        return Preview(number, error="Der Text lässt sich so nicht verwenden. Bitte überarbeiten Sie ihn.")
    example = acts.example_of(kind, number)
    if example is None:
        return Preview(number, error=acts.NO_CASE)
    context = {"recipient": NOBODY, "site_url": settings.SITE_URL, **example.context}
    return Preview(number, example.of, rendering.written(kind.key, context, text), example.made_up)


def rows() -> list[Row]:
    standing = LetterText.objects.in_force() | LetterText.objects.open()
    found = list(standing.with_people())
    by_letter = {(text.letter, text.is_open): text for text in found}
    return [Row(kind, by_letter.get((kind.key, False)), by_letter.get((kind.key, True))) for kind in BOOK.values()]


def compared(old: rendering.Words, new: rendering.Words) -> list[Line]:
    """Line by line, or nothing where the texts are the same."""
    lines = differences(old.whole, new.whole)
    return lines if any(line.kind != "same" for line in lines) else []


def in_state(*states: TextState) -> Any:
    return lambda text, _: text.state in states


ACTS = [
    Act(
        "hand_in",
        "Zur Freigabe geben",
        "Möchten Sie den Entwurf zur Freigabe geben?",
        ["Eine zweite Person im Ministerium sieht Unterschiede und Vorschau und gibt ihn frei oder zurück.",
         "Bis dahin gehen Briefe mit dem bisherigen Text hinaus."],
        acts.hand_in,
        "Der Entwurf wartet jetzt auf die Freigabe durch eine zweite Person.",
        form=PlainForm,
        possible=in_state(TextState.DRAFT, TextState.SENT_BACK),
        refusals=(acts.NotPossibleError,),
    ),
    Act(
        "release",
        "Freigeben",
        "Möchten Sie diesen Text freigeben?",
        ["Ab sofort lautet jeder neue Brief so.",
         "Was schon geschrieben ist, bleibt, wie es ist."],
        acts.release,
        "Der Text ist in Kraft.",
        form=ReleaseForm,
        possible=in_state(TextState.WAITING),
        refusals=(acts.NotPossibleError,),
    ),
    Act(
        "send_back",
        "Zurückgeben",
        "Möchten Sie den Entwurf zurückgeben?",
        ["Der Entwurf kann überarbeitet und noch einmal vorgelegt werden."],
        acts.send_back,
        "Der Entwurf ist zurückgegeben.",
        possible=in_state(TextState.WAITING),
        refusals=(acts.NotPossibleError,),
    ),
    Act(
        "take_back",
        "Zurückholen",
        "Möchten Sie den Entwurf zurückholen?",
        ["Danach können Sie ihn wieder bearbeiten."],
        acts.take_back,
        "Der Entwurf ist wieder bei Ihnen.",
        form=PlainForm,
        possible=in_state(TextState.WAITING),
        refusals=(acts.NotPossibleError,),
    ),
    Act(
        "test",
        "Test an mich senden",
        "Möchten Sie sich den Brief zur Probe senden?",
        ["Nur Sie bekommen ihn, im Betreff steht „Test“."],
        acts.send_test,
        "Der Test ist auf dem Weg an Ihre E-Mail-Adresse.",
        form=ProbeForm,
        refusals=(acts.NotPossibleError,),
    ),
    Act(
        "take_up",
        "Wieder aufnehmen",
        "Möchten Sie zu dieser Fassung zurückkehren?",
        ["Der Text wird ein neuer Entwurf, den eine zweite Person freigibt."],
        acts.take_up,
        "Die Fassung ist als neuer Entwurf angelegt.",
        possible=lambda text, _: text.state in {TextState.SUPERSEDED, TextState.DISCARDED} and not text.shipped,
        refusals=(acts.NotPossibleError,),
    ),
    Act(
        "discard",
        "Verwerfen",
        "Möchten Sie den Entwurf verwerfen?",
        ["Er bleibt im Verlauf stehen und kann wieder aufgenommen werden."],
        acts.discard,
        "Der Entwurf ist verworfen.",
        form=PlainForm,
        possible=in_state(TextState.DRAFT, TextState.SENT_BACK),
        refusals=(acts.NotPossibleError,),
        danger=True,
    ),
    Act(
        "back_to_shipped",
        "Zurück zum mitgelieferten Text",
        "Möchten Sie zum mitgelieferten Text zurückkehren?",
        ["Das gilt sofort und ohne zweite Person, damit ein fehlerhafter Brief gleich aufhört.",
         "Ihr geänderter Text bleibt im Verlauf stehen.",
         "Was schon geschrieben ist, bleibt, wie es ist."],
        acts.back_to_shipped,
        "Es gilt wieder der mitgelieferte Text.",
        form=ReasonForm,
        possible=lambda text, _: text.state == TextState.RELEASED and not text.shipped,
        refusals=(acts.NotPossibleError,),
        danger=True,
    ),
]  # fmt: skip


class LetterTextAdmin(ActsMixin, ReadOnlyAdmin):
    acts = ACTS

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("brief/<slug:brief>/", view(self.letter_view), name="centres_lettertext_letter"),
            path("brief/<slug:brief>/bearbeiten/", view(self.edit_view), name="centres_lettertext_edit"),
            *super().get_urls(),
        ]

    def initial(self, obj: Any) -> dict[str, Any]:
        return {"seen": acts.mark(obj)}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Every letter of the house, changed or not; on demand only those that wait for a second person."""
        found, waiting = rows(), request.GET.get("stand") == "wartet"
        if waiting:
            found = [row for row in found if row.open and row.open.state == TextState.WAITING]
        return self._page(request, "list", "Brieftexte", rows=found, waiting=waiting)

    def letter_view(self, request: HttpRequest, brief: str) -> HttpResponse:
        kind = self._kind(brief)
        texts = list(LetterText.objects.filter(letter=brief).with_people().order_by("-number"))
        in_force = next((text for text in texts if text.state == TextState.RELEASED), None)
        misfit = rendering.misfit(in_force) if in_force else ""
        return self._page(
            request,
            "letter",
            kind.title,
            kind=kind,
            texts=texts,
            in_force=in_force,
            open=next((text for text in texts if text.is_open), None),
            misfit=misfit,
            preview=preview(kind, None if misfit else in_force, request.GET.get("nummer", "")),
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One version: how it differs, how it will read, and what can be done with it."""
        text = LetterText.objects.with_people().filter(pk=object_id).first() if object_id.isdigit() else None
        if text is None or text.letter not in BOOK:
            raise Http404
        kind, words = BOOK[text.letter], rendering.words_of(text)
        return self._page(
            request,
            "version",
            f"{kind.title}: Fassung {text.number}",
            kind=kind,
            text=text,
            words=words,
            acts=[act for act in self.acts if act.possible(text, timezone.localdate()) and mine(act, text, request)],
            act_url=f"admin:{self.act_url_name}",
            from_force=compared(acts.in_force_words(kind), words) if text.is_open else [],
            from_shipped=compared(rendering.shipped(kind.key), words),
            preview=preview(kind, text, request.GET.get("nummer", "")),
            own=text.author_id == request.user.pk,
        )

    def edit_view(self, request: HttpRequest, brief: str) -> HttpResponse:
        kind = self._kind(brief)
        text = LetterText.objects.open().filter(letter=brief).first()
        if text and text.state == TextState.WAITING:
            sentence = "Der Entwurf wartet auf Freigabe. Wer ihn bearbeiten will, holt ihn zuerst zurück."
            self.message_user(request, sentence, messages.WARNING)
            return redirect(self.change_url(text))
        form = TextForm(kind, request.POST if request.method == "POST" else None, initial=begin_from(kind, text))
        if request.method == "POST" and form.is_valid() and (saved := self._save(kind, request, form)):
            self.message_user(request, "Der Entwurf ist gespeichert. Unten sehen Sie, was sich ändert.")
            return redirect(self.change_url(saved))
        title = f"{kind.title}: Text ändern"
        return self._page(request, "edit", title, kind=kind, form=form, text=text)

    def _save(self, kind: LetterKind, request: HttpRequest, form: TextForm) -> LetterText | None:
        by: User = request.user  # type: ignore[assignment]
        try:
            return acts.save_draft(kind, **form.cleaned_data, by=by, at=timezone.now())
        except acts.NotPossibleError as error:
            form.add_error(None, str(error))
        except IntegrityError as error:
            form.add_error(None, sentence_of(error))
        return None

    def _kind(self, brief: str) -> LetterKind:
        if brief not in BOOK:
            raise Http404
        return BOOK[brief]

    def _page(self, request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        return TemplateResponse(request, f"admin/texts/{name}.html", {**shared, **context})


def mine(act: Act, text: LetterText, request: HttpRequest) -> bool:
    """Authors take their draft back, everyone else releases it or sends it back."""
    if act.name not in OWN_ONLY:
        return True
    return (act.name == "take_back") == (text.author_id == request.user.pk)


def begin_from(kind: LetterKind, text: LetterText | None) -> dict[str, str]:
    """The open draft, else the version in force, also where it no longer fits: its problems stand by its fields."""
    begun = text or LetterText.objects.in_force().filter(letter=kind.key).first()
    words = rendering.words_of(begun) if begun else rendering.shipped(kind.key)
    reason = text.reason if text else ""
    return {"subject": words.subject, "body": words.body, "reason": reason, "seen": acts.mark(text)}
