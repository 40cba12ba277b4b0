"""The dotless ı of Turkish names is searched and sorted as i, as `rules.folding` folds it now."""

from typing import Any

from django.db import migrations

DOTLESS, DOTTED = "ı", "i"


def fold_anew(apps: Any, schema_editor: Any) -> None:
    centres, offices = apps.get_model("centres", "FamilyCentre"), apps.get_model("centres", "YouthOffice")
    for centre in centres.objects.filter(search__contains=DOTLESS):
        centre.search = " ".join(sorted(set(centre.search.replace(DOTLESS, DOTTED).split())))
        centre.save(update_fields=["search"])
    for model in (centres, offices):
        for row in model.objects.filter(name_folded__contains=DOTLESS):
            row.name_folded = row.name_folded.replace(DOTLESS, DOTTED)
            row.save(update_fields=["name_folded"])


class Migration(migrations.Migration):
    dependencies = [("centres", "0014_letters_settled")]

    # Back again the letter may stay folded: what is written next is folded by the older code.
    operations = [migrations.RunPython(fold_anew, migrations.RunPython.noop)]
