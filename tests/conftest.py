import pytest
from django.db import connection

from tests import template


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    connection.settings_dict["TEST"]["TEMPLATE"] = template.when_made()
