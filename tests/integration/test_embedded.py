"""The embedded servers: what they are, and that they end with their parent."""

import pytest
from django.core.cache import cache
from django.db import connection

pytestmark = pytest.mark.django_db


def test_the_database_is_utf8_with_full_case_mapping() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select lower('ÉŁ'), current_setting('server_encoding')")
        assert cursor.fetchone() == ("éł", "UTF8")


def test_redis_answers() -> None:
    cache.set("asked", 1)
    assert cache.get("asked") == 1
