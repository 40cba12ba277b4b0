"""Registers through the browser: upload, look at what would happen, confirm."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse

from centres.forms import UploadForm
from centres.imports.offices import import_youth_offices, read_offices
from centres.imports.problems import RefusedError, Report
from centres.imports.reading import Table
from centres.imports.rejects import rejected_rows

KEPT_FOR = 60 * 60  # seconds between upload and confirmation; then the file is gone by itself
PROBLEMS_SHOWN = 100
GONE = "Die hochgeladene Datei liegt nicht mehr vor. Bitte laden Sie sie noch einmal hoch."
Importer = Callable[..., Report]


class ImportMixin(admin.ModelAdmin):
    """Adds the pages of an import to a list. The uploaded file waits in the cache, for whoever uploaded it only."""

    upload_form: type[UploadForm] = UploadForm
    change_list_template = "admin/centres/change_list.html"

    def read(self, data: bytes, options: dict[str, Any]) -> Table:
        raise NotImplementedError

    def bring_in(self, request: HttpRequest, table: Table, options: dict[str, Any], *, dry_run: bool) -> Report:
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("einlesen/", view(self.upload_view), name=f"{name}_import"),
            path("einlesen/<str:token>/", view(self.preview_view), name=f"{name}_import_preview"),
            path("einlesen/<str:token>/rest.csv", view(self.rejects_view), name=f"{name}_import_rejects"),
            *super().get_urls(),
        ]

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        form = self.upload_form(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            options = {**form.cleaned_data, "youth_office": str(form.cleaned_data.get("youth_office") or "")}
            data = options.pop("file").read()
            try:
                self.read(data, options)
            except RefusedError as refused:
                form.add_error("file", str(refused))
            else:
                return redirect(self._keep(request, data, options))
        return self._page(request, "import_upload.html", {"form": form})

    def preview_view(self, request: HttpRequest, token: str) -> HttpResponse:
        kept = cache.get(self._key(request, token))
        if kept is None:
            self.message_user(request, GONE, messages.ERROR)
            return redirect(f"{self._url}_import")
        data, options = kept
        try:
            report = self.bring_in(request, self.read(data, options), options, dry_run=request.method != "POST")
        except RefusedError as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return redirect(f"{self._url}_import")
        if request.method == "POST":
            return self._done(request, report, token)
        return self._page(request, "import_preview.html", _shown(report, options) | {"token": token})

    def rejects_view(self, request: HttpRequest, token: str) -> HttpResponse:
        kept = cache.get(self._key(request, token))
        if kept is None:
            self.message_user(request, GONE, messages.ERROR)
            return redirect(f"{self._url}_import")
        data, options = kept
        table = self.read(data, options)
        report = self.bring_in(request, table, options, dry_run=True)
        content = rejected_rows(table, report.rejected)
        headers = {"Content-Disposition": 'attachment; filename="fehlerhafte-zeilen.csv"'}
        return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)

    def _done(self, request: HttpRequest, report: Report, token: str) -> HttpResponse:
        if not report.written:
            return redirect(f"{self._url}_import_preview", token)
        cache.delete(self._key(request, token))
        self.message_user(request, " ".join(report.sentences()), messages.SUCCESS)
        return redirect(f"{self._url}_changelist")

    def _keep(self, request: HttpRequest, data: bytes, options: dict[str, Any]) -> str:
        token = secrets.token_urlsafe(16)
        cache.set(self._key(request, token), (data, options), KEPT_FOR)
        return reverse(f"{self._url}_import_preview", args=[token])

    def _key(self, request: HttpRequest, token: str) -> str:
        return f"import-{self.opts.model_name}-{request.user.pk}-{token}"

    @property
    def _url(self) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}"

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        title = f"{self.opts.verbose_name_plural} einlesen"
        every = self.admin_site.each_context(request)
        names = {"list_url": f"{self._url}_changelist", "upload_url": f"{self._url}_import"}
        names["rejects_url"] = f"{self._url}_import_rejects"
        return render(
            request, f"admin/centres/{template}", {**every, "title": title, "opts": self.opts, **names, **context}
        )


class OfficeImport(ImportMixin):
    def read(self, data: bytes, options: dict[str, Any]) -> Table:
        return read_offices(data)

    def bring_in(self, request: HttpRequest, table: Table, options: dict[str, Any], *, dry_run: bool) -> Report:
        return import_youth_offices(table, skip_invalid=options["skip_invalid"], dry_run=dry_run)


def _shown(report: Report, options: dict[str, Any]) -> dict[str, Any]:
    return {
        "report": report,
        "problems": report.problems[:PROBLEMS_SHOWN],
        "more_problems": max(len(report.problems) - PROBLEMS_SHOWN, 0),
        "may_confirm": not report.changes_nothing and (not report.problems or options["skip_invalid"]),
        "skipping": options["skip_invalid"],
    }
