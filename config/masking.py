"""Keeps secrets that stand in addresses out of the log: with them anybody could sign in, sign off or answer."""

import logging
import re

OF_EVENTS = "veranstaltungen/(?:anmeldung|einladung|rueckmeldung)"
SECRET = re.compile(rf"(/(?:konto/anmelden/link|portal/kalender|uebergabe|{OF_EVENTS})/)(?!\s)[^/\s?\"']+")


class MaskSecrets(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if SECRET.search(said):
            record.msg, record.args = SECRET.sub(r"\1…", said), ()
        return True
