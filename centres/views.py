"""The public register. It names institutions, never people."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views.generic import DetailView, ListView

from centres.filters import RegisterFilter
from centres.models import FamilyCentre, NetworkMembership

COUNT_KEPT_FOR = 60  # seconds; counting all rows costs more than showing fifty of them


class RegisterPaginator(Paginator):
    """The number of all centres may be a minute old; that of a search is counted."""

    whole = False

    @cached_property
    def count(self) -> int:
        if not self.whole:
            return super().count
        return cache.get_or_set("register-count", lambda: super(RegisterPaginator, self).count, COUNT_KEPT_FOR) or 0


class WithFacilities:
    """The centres with the facilities of today. Rooms above add what they know by `known`."""

    @cached_property
    def today(self) -> date:
        return timezone.localdate()

    def known(self, centres: Any) -> Any:
        return centres

    def with_facilities(self, centres: Any) -> Any:
        belonging = NetworkMembership.objects.on_day(self.today).select_related("facility__provider")
        prefetch = Prefetch("facility_memberships", belonging.order_by("facility__name", "pk"), to_attr="belonging")
        return self.known(centres).select_related("youth_office").prefetch_related(prefetch)


@method_decorator(login_not_required, name="dispatch")
class Register(WithFacilities, ListView):
    template_name = "centres/register.html"
    paginate_by = 50
    page_kwarg = "seite"

    def get_queryset(self) -> QuerySet[Any]:
        self.filter = RegisterFilter(self.request.GET or None, FamilyCentre.objects.running())
        found: QuerySet[Any] = self.with_facilities(self.filter.qs).by_name()
        return found

    def get_paginator(self, *args: Any, **kwargs: Any) -> RegisterPaginator:
        paginator = RegisterPaginator(*args, **kwargs)
        paginator.whole = not any(self.request.GET.get(name) for name in self.filter.filters)
        return paginator

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(filter_form=self.filter.form, **kwargs)


@method_decorator(login_not_required, name="dispatch")
class RegisterEntry(WithFacilities, DetailView):
    template_name = "centres/register_entry.html"
    slug_field = slug_url_kwarg = "certification_number"
    context_object_name = "centre"

    def get_queryset(self) -> QuerySet[Any]:
        centres: QuerySet[Any] = self.with_facilities(FamilyCentre.objects.all())
        return centres
