from typing import Any

import django_filters
from crispy_forms.helper import FormHelper
from django.db.models import QuerySet

from events.models import EventKind, EventMode, InfoEvent


class EventFilter(django_filters.FilterSet):  # type: ignore[misc]
    """The questions to the public list; the words in the address are German."""

    art = django_filters.ChoiceFilter(field_name="kind", choices=EventKind.choices, label="Art", empty_label="Alle")
    form = django_filters.ChoiceFilter(method="by_mode", choices=EventMode.choices, label="Form", empty_label="Alle")

    class Meta:
        model = InfoEvent
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.helper = FormHelper()
        self.form.helper.form_method = "get"
        self.form.helper.form_tag = False

    def by_mode(self, events: QuerySet[InfoEvent], name: str, value: str) -> QuerySet[InfoEvent]:
        """Whoever looks for one way to take part finds the events, too, that offer both."""
        return events.filter(mode__in={value, EventMode.BOTH})
