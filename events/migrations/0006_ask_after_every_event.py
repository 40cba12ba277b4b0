"""Events that were planned before get the questions new ones begin with."""

from typing import Any

from django.db import migrations

QUESTIONS = (
    ("Die Veranstaltung war insgesamt hilfreich für mich.", True),
    ("Ich weiß jetzt, was als Nächstes zu tun ist.", True),
    ("Die Beispiele aus der Praxis waren nützlich.", True),
    ("Technik, Ort und Ablauf waren gut organisiert.", True),
    ("Was sollen wir beim nächsten Mal anders machen?", False),
)


def ask(apps: Any, _: Any) -> None:
    questions = apps.get_model("events", "FeedbackQuestion").objects
    events = apps.get_model("events", "InfoEvent").objects.values_list("pk", flat=True)
    questions.bulk_create(
        questions.model(event_id=event, position=position, text=text, scale=scale)
        for event in events
        for position, (text, scale) in enumerate(QUESTIONS, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("events", "0005_materials_feedback_confirmation")]
    operations = [migrations.RunPython(ask, migrations.RunPython.noop)]
