"""The criteria: data of the ministry until a round uses their edition, and for good from then on."""

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest

from accounts.admin import NamedList
from certification.models import Area, Criterion, Edition, Part, PassRule


class FrozenInUse(NamedList):
    """Read-only once a round uses the edition; `to_edition` is the way from the object to it."""

    to_edition = "edition"
    actions = None
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 100

    def is_free(self, obj: Model | None) -> bool:
        return obj is None or not edition_of(obj, self.to_edition).rounds.exists()

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) and self.is_free(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self.is_free(obj)

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Nothing can be added to or moved into an edition in use."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and field.queryset is not None:
            way = "rounds" if db_field.name == "edition" else f"{UP[db_field.name]}__rounds"
            field.queryset = field.queryset.filter(**{way: None})
        return field


UP = {"area": "edition", "criterion": "area__edition"}


def edition_of(obj: Any, way: str) -> Edition:
    for step in filter(None, way.split("__")):
        obj = getattr(obj, step)
    edition: Edition = obj
    return edition


class PassRuleInline(admin.TabularInline):
    model = PassRule
    extra = 0
    verbose_name_plural = "Mindestanforderungen"

    def has_add_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        return obj is None or not obj.rounds.exists()

    has_change_permission = has_add_permission
    has_delete_permission = has_add_permission


class PartInline(admin.TabularInline):
    model = Part
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Criterion | None = None) -> bool:
        return obj is None or not obj.area.edition.rounds.exists()

    has_change_permission = has_add_permission
    has_delete_permission = has_add_permission


@admin.register(Edition)
class EditionAdmin(FrozenInUse):
    to_edition = ""
    list_display = ("label", "key", "official")
    inlines = (PassRuleInline,)


@admin.register(Area)
class AreaAdmin(FrozenInUse):
    list_display = ("number", "name", "group", "edition")
    list_display_links = ("number", "name")
    list_filter = ("edition", "group")
    list_select_related = ("edition",)
    ordering = ("edition", "number")


@admin.register(Criterion)
class CriterionAdmin(FrozenInUse):
    to_edition = "area__edition"
    list_display = ("code", "title", "tier", "area")
    list_display_links = ("code", "title")
    list_filter = ("area__edition", "tier", "area__group")
    list_select_related = ("area__edition",)
    search_fields = ("code", "title", "parts__text")
    ordering = ("area__edition", "area__number", "position")
    inlines = (PartInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Criterion]:
        return super().get_queryset(request).select_related("area__edition")
