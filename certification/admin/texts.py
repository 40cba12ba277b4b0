from django.contrib import admin

from accounts.admin import NamedList
from certification.models import TextBlock


@admin.register(TextBlock)
class TextBlockAdmin(NamedList):
    """Texts auditors insert and then change; changing one here changes nothing that was written with it."""

    list_display = ("title", "use", "area_number")
    list_filter = ("use",)
    search_fields = ("title", "text")
