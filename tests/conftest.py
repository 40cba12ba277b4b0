import pytest
from django.db import connection

from tests import template


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    connection.settings_dict["TEST"]["TEMPLATE"] = template.when_made()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits longest begins first, or one worker would wait for the other at the end."""
    items.sort(key=lambda item: item.get_closest_marker("first") is None)
