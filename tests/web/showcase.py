"""Every field and component on one page, so that the dress can be looked at, tested and checked with axe."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Fieldset, Layout, Row, Submit
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from config.urls import urlpatterns as real

CHOICES = [("ja", "Ja, ganz"), ("teils", "Teilweise"), ("nein", "Nein")]


class EveryField(forms.Form):
    name = forms.CharField(label="Name der Einrichtung", help_text="Wie er auf dem Zertifikat stehen soll.")
    email = forms.EmailField(label="E-Mail-Adresse")
    places = forms.IntegerField(label="Zahl der Plätze")
    day = forms.DateField(
        label="Tag", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), required=False
    )
    story = forms.CharField(label="Beschreibung", widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(label="Form", choices=CHOICES)
    several = forms.MultipleChoiceField(label="Mehrere aus einer Liste", choices=CHOICES)
    one = forms.ChoiceField(
        label="Ist das erfüllt?", choices=CHOICES, widget=forms.RadioSelect, help_text="Bitte ehrlich."
    )
    many = forms.MultipleChoiceField(label="Was trifft zu?", choices=CHOICES, widget=forms.CheckboxSelectMultiple)
    agreed = forms.BooleanField(label="Die Angaben stimmen.", help_text="Ohne das geht es nicht weiter.")
    proof = forms.FileField(label="Nachweis", widget=forms.FileInput(attrs={"accept": ".pdf"}))
    plan = forms.FileField(label="Konzept", required=False)
    secret = forms.CharField(label="Kennwort", widget=forms.PasswordInput)
    moment = forms.SplitDateTimeField(label="Beginn")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


class LaidOut(forms.Form):
    street = forms.CharField(label="Straße")
    town = forms.CharField(label="Ort")
    note = forms.CharField(label="Notiz", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.attrs = {"hx-post": "/anders/"}
        self.helper.layout = Layout(
            Fieldset("Anschrift", Row("street", "town"), css_class="anschrift"),
            Div(HTML("<p>Hinweis</p>"), "note", css_class="kasten"),
        )
        self.helper.add_input(Submit("save", "Speichern"))


Lines = forms.formset_factory(LaidOut, extra=2)

COMPONENTS = """{% extends "base.html" %}{% load crispy_forms_tags %}
{% block title %}Alle Bausteine{% endblock title %}
{% block breadcrumb %}<li><a href="/">Start</a></li><li aria-current="page">Bausteine</li>{% endblock breadcrumb %}
{% block lead %}<p>Was wir haben.</p>{% endblock lead %}
{% block actions %}<a class="kern-btn kern-btn--secondary" href="/"><span class="kern-label">Drucken</span></a>
{% endblock actions %}
{% block content %}
{% include "components/next_step.html" with title="Angaben" text=what url="/x/" due=due effort=effort waiting=who %}
<h2>Aufgaben</h2>
{% include "components/task_list.html" with tasks=tasks label="Was zu tun ist" %}
{% include "components/description_list.html" with facts=facts %}
{% include "components/table.html" with caption="Siegel je Jahr" headers=headers rows=rows numeric=True %}
{% include "components/pagination.html" with what="Familienzentren" %}
{% include "components/progress.html" with label="Beantwortet" value=12 max=80 %}
{% include "components/alert.html" with tone="warning" title="Frist" text="Sie endet bald." %}
{% include "components/empty.html" with title="Noch nichts da" text="Es kommt." url="/" action="Zum Register" %}
<h2>Formular</h2>
<form class="form" method="post" enctype="multipart/form-data" novalidate>{{ form|crispy }}
<div class="form__actions">
<button class="kern-btn kern-btn--primary"><span class="kern-label">Weiter</span></button></div></form>
{% endblock content %}"""

FORM = """{% extends "base.html" %}{% load crispy_forms_tags %}{% block title %}Formular{% endblock title %}
{% block content %}{% crispy form %}{% endblock content %}"""

FORMSET = """{% extends "base.html" %}{% load crispy_forms_tags %}{% block title %}Liste{% endblock title %}
{% block content %}<form method="post">{{ formset|crispy }}</form>{% endblock content %}"""


def _answer(request: HttpRequest, source: str, **context: Any) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(source).render(context, request))


@login_not_required
def components(request: HttpRequest) -> HttpResponse:
    for level in (messages.INFO, messages.SUCCESS, messages.WARNING, messages.ERROR):
        messages.add_message(request, level, f"Meldung {level}")
    return _answer(
        request,
        COMPONENTS,
        form=EveryField(request.POST, request.FILES) if request.method == "POST" else EveryField(),
        page_obj=Paginator(range(500), 20).get_page(request.GET.get("seite")),
        tasks=[
            {
                "title": "Angaben bestätigen",
                "url": "/a/",
                "hint": "bis 31.01.2027",
                "status": "Offen",
                "tone": "info",
            },
            {"title": "Kriterien beantworten", "url": "/b/", "status": "Fertig", "tone": "success"},
            {"title": "Einreichen", "hint": "Erst, wenn alles beantwortet ist.", "status": "Später"},
        ],
        facts=[("Träger", "AWO Kreisverband"), ("Plätze", 0), ("Verbund", ""), ("Leitung", None)],
        what="Stimmen Anschrift und Träger noch?",
        due="31. Januar 2027",
        effort="10 Minuten",
        who="die Zertifizierungsstelle",
        headers=["Kindergartenjahr", "Endet", "Erneuert"],
        rows=[["2026/2027", 830, 12], ["2027/2028", 811, 0]],
    )


@login_not_required
def laid_out(request: HttpRequest) -> HttpResponse:
    return _answer(request, FORM, form=LaidOut(request.POST or None))


@login_not_required
def lines(request: HttpRequest) -> HttpResponse:
    return _answer(request, FORMSET, formset=Lines(request.POST or None))


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


urlpatterns = [
    *real,
    path("bausteine/", components),
    path("formular/", laid_out),
    path("liste/", lines),
    path("kaputt/", broken),
]
