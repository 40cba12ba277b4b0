from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CentresConfig(AppConfig):
    name = "centres"
    verbose_name = "Familienzentren"

    def ready(self) -> None:
        autodiscover_modules("letter_kinds")  # each room declares there what it writes
