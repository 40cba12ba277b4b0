from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from centres import bounces, mailbox


class Command(BaseCommand):
    help = "Liest das Postfach der Rückläufer (BOUNCE_IMAP_URL), wie es sonst der Worker tut."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.BOUNCE_IMAP_URL:
            raise CommandError("BOUNCE_IMAP_URL ist nicht gesetzt: Es gibt kein Postfach zu lesen.")
        try:
            with mailbox.opened(settings.BOUNCE_IMAP_URL) as reports:
                noted = bounces.note_all(reports, now=timezone.now)
        except mailbox.MailboxError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{noted} Rückläufer zugeordnet.")
