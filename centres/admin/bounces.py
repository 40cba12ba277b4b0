from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin import NamedList
from accounts.models import User
from centres.models import Bounce


class BlockFilter(admin.SimpleListFilter):
    title, parameter_name = "Sperre", "sperre"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("ja", "gesperrt")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Bounce]) -> QuerySet[Bounce]:
        return queryset.filter(pk__in=Bounce.objects.blocking()) if self.value() == "ja" else queryset


@admin.register(Bounce)
class BounceAdmin(NamedList):
    """What mail servers reported. A dead address gets no post until someone of the ministry lifts the block."""

    list_display = ("address", "kind", "status", "blocked", "letter", "received_at")
    list_filter = (BlockFilter, "kind")
    list_select_related = ("letter",)
    list_per_page = 100
    ordering = ("-received_at", "-pk")
    search_fields = ("address", "letter__key")
    search_help_text = "Adresse oder Anlass des Briefes"
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    change_list_template = "admin/change_list.html"  # the app's own is for registers
    actions = ("lift",)
    fields = (
        "address", "kind", "status", "diagnostic", "letter", "received_at", "lifted_at", "lifted_by",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Bounce | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Bounce | None = None) -> bool:
        return False

    @admin.display(description="Sperre", empty_value="keine")
    def blocked(self, obj: Bounce) -> str:
        return "gesperrt" if obj.blocks else ""

    @admin.action(description="Sperre der Adresse aufheben", permissions=["view"])
    def lift(self, request: HttpRequest, queryset: QuerySet[Bounce]) -> None:
        assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
        chosen = Bounce.objects.filter(pk__in=queryset.order_by().values("pk"))
        lifted = chosen.lift(by=request.user, at=timezone.now())
        said = "Die Sperre ist aufgehoben. Nicht zugestellte Briefe versenden Sie in der Liste der Briefe erneut."
        self.message_user(request, said if lifted else "Hier war nichts gesperrt.", messages.SUCCESS)
