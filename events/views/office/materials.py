"""The materials of an event: upload, describe, order, replace, take away."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events import materials
from events.forms.materials import MaterialForm
from events.models import InfoEvent, Material
from events.views.access import OfficeRequest, on_event
from events.views.handing_out import hand_out

asking = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@on_event
def index(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    found = event.materials.in_order().select_related("added_by")
    return render(request, "events/office/materials.html", {"event": event, "materials": found})


@asking
@on_event
def create(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    form = _form(request)
    if form.is_valid():
        made = materials.add(event, form.said, by=request.user, at=timezone.now())
        messages.success(request, f"„{made.title}“ ist gespeichert.")
        return redirect("office:materials", event.pk)
    context = {"event": event, "form": form, "heading": "Unterlage hinzufügen"}
    return render(request, "events/office/material.html", context)


@asking
@on_event
def edit(request: OfficeRequest, event: InfoEvent, number: int) -> HttpResponse:
    material = _material(event, number)
    form = _form(request, material)
    if form.is_valid():
        materials.change(material, form.said, by=request.user, at=timezone.now())
        messages.success(request, "Gespeichert.")
        return redirect("office:materials", event.pk)
    context = {"event": event, "form": form, "material": material, "heading": "Unterlage ändern"}
    return render(request, "events/office/material.html", context)


@require_POST
@on_event
def move_up(request: OfficeRequest, event: InfoEvent, number: int) -> HttpResponse:
    materials.move_up(_material(event, number))
    return redirect("office:materials", event.pk)


@asking
@on_event
def remove(request: OfficeRequest, event: InfoEvent, number: int) -> HttpResponse:
    material = _material(event, number)
    back = reverse("office:materials", args=[event.pk])
    if request.method == "POST":
        materials.remove(material, by=request.user, at=timezone.now())
        messages.success(request, f"„{material.title}“ ist gelöscht.")
        return redirect(back)
    words = {
        "question": f"„{material.title}“ löschen?",
        "consequences": ["Niemand kann sie mehr öffnen, auch nicht mit einem Link aus einem Brief."],
        "action": "Löschen",
        "danger": True,
    }
    return render(request, "confirm.html", {"form": Form(), "back_url": back, **words})


@require_safe
@on_event
def file(request: OfficeRequest, event: InfoEvent, number: int) -> HttpResponseBase:
    return hand_out(_material(event, number))


def _form(request: OfficeRequest, material: Material | None = None) -> MaterialForm:
    if request.method == "POST":
        return MaterialForm(request.POST, request.FILES, material=material)
    return MaterialForm(material=material)


def _material(event: InfoEvent, number: int) -> Material:
    return get_object_or_404(event.materials.select_related("event"), pk=number)
