"""Sending with Celery and Django as they come: nothing is recorded, what a killed worker held is lost."""

import os

import django
from celery import Celery
from django.core.mail import EmailMessage, get_connection
from redis import Redis

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

# Not the current application: our own deliveries would wait in its queue.
app = Celery("stock", broker=os.environ["REDIS_URL"], set_as_current=False)
app.conf.update(task_ignore_result=True, task_default_queue="stock", worker_prefetch_multiplier=1)
redis = Redis.from_url(os.environ["REDIS_URL"])
SENT = "stock-sent"

Words = tuple[str, str, str]


@app.task
def send_together(letters: list[Words]) -> None:
    """Over one connection."""
    connection = get_connection()
    messages = [EmailMessage(subject, body, to=[to], connection=connection) for to, subject, body in letters]
    connection.send_messages(messages)
    redis.incrby(SENT, len(letters))


@app.task
def send_alone(to: str, subject: str, body: str) -> None:
    EmailMessage(subject, body, to=[to]).send()
    redis.incr(SENT)
