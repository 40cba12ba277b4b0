"""The Celery application: `celery -A config worker`, `celery -A config beat`."""

import os
import sys
from pathlib import Path

from celery import Celery

from config import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if Path(sys.argv[0]).name == "celery":  # then this is the entry point; elsewhere we are only imported
    embedded.provide()

app = Celery("config")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
