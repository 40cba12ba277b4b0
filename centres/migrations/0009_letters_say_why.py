from django.db import migrations, models

BEFORE = "Dieser Brief wurde geschrieben, bevor Briefe ihren Grund nannten; sein Anlass steht in seinem Kürzel."


class Migration(migrations.Migration):
    dependencies = [("centres", "0008_letter_attachments")]

    operations = [
        migrations.AddField(
            "letter",
            "rule",
            models.CharField(
                "Regel",
                max_length=80,
                default="before",
                help_text="Die Regel oder der Schritt, der den Brief schrieb.",
            ),
            preserve_default=False,
        ),
        migrations.AddField("letter", "why", models.TextField("warum", default=BEFORE), preserve_default=False),
        migrations.AddField("letter", "comes_next", models.TextField("was folgt", blank=True, default=""), preserve_default=False),
        migrations.AddField(
            "letter",
            "mandatory",
            models.BooleanField("verpflichtend", default=True, help_text="Nein: abbestellbar."),
        ),
        migrations.AddConstraint(
            "letter",
            models.CheckConstraint(
                condition=~models.Q(rule="") & ~models.Q(why=""),
                name="letter_says_why",
                violation_error_message="Jeder Brief nennt seine Regel und seinen Grund.",
            ),
        ),
    ]
