from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from certification.pdf.test_key import write_test_key


class Command(BaseCommand):
    help = "Write a self-signed key for sealing certificates in demo and tests. Not for production."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=settings.VAR_DIR / "seal-test-key.p12")
        parser.add_argument("--password", default="muster")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["file"].exists():
            self.stdout.write(f"{options['file']} is already there.")
            return
        write_test_key(options["file"], password=options["password"], at=timezone.now())
        self.stdout.write(f"SEAL_KEY_FILE={options['file']}\nSEAL_KEY_PASSWORD={options['password']}")
