"""What only the room that knows every other can put together."""

from django.contrib import admin

from centres.models import FamilyCentre
from certification.admin.centres import SealedCentreAdmin

admin.site.register(FamilyCentre, SealedCentreAdmin)
