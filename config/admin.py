"""What only the room that knows every other can put together."""

from django.contrib import admin

from centres.models import FamilyCentre, JobRun, LetterText
from certification.admin.centres import SealedCentreAdmin
from config.job_admin import JobRunAdmin
from config.text_admin import LetterTextAdmin

admin.site.register(FamilyCentre, SealedCentreAdmin)
admin.site.register(JobRun, JobRunAdmin)
admin.site.register(LetterText, LetterTextAdmin)
