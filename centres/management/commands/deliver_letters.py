from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from centres import delivery
from centres.models import Letter


class Command(BaseCommand):
    help = "Versendet alle wartenden Briefe, wie es sonst der Worker tut."

    def handle(self, *args: Any, **options: Any) -> None:
        sent = delivery.deliver_waiting(now=timezone.now)
        self.stdout.write(f"{sent} Briefe versandt, {Letter.objects.undelivered().count()} nicht zugestellt.")
