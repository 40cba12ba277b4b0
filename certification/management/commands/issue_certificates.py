from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from certification import certificates
from certification.models import Certificate


class Command(BaseCommand):
    help = "Print the certificates that were ordered but not issued, here and now, without a worker."

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = Certificate.objects.unissued().order_by("pk")
        total = waiting.count()
        for done, certificate in enumerate(waiting.iterator(), start=1):
            certificates.issue(certificate, at=timezone.now())
            self.stderr.write(f"\r{done} of {total}", ending="")
        self.stdout.write(f"\n{total} Urkunden ausgestellt." if total else "Keine Urkunde wartet.")
