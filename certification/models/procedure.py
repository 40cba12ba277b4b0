from django.db import models


class Procedure(models.TextChoices):
    INITIAL = "initial", "Erst-Zertifizierung"
    RENEWAL = "renewal", "Re-Zertifizierung"
