"""Migrations that move rows do so where there are some already."""

import pytest
from django.core.management import call_command
from django.db import connection

from chat.models import Episode, KindText
from tests import make
from tests.talk import talk

pytestmark = pytest.mark.django_db(transaction=True)


def test_records_of_conversations_that_were_there_before_are_taken_over() -> None:
    stage = talk()
    stage.asks()
    stage.answers()
    call_command("migrate", "chat", "0004", verbosity=0)
    call_command("migrate", "chat", verbosity=0)
    assert Episode.objects.count() == 1


def test_texts_that_were_there_before_become_those_of_the_webinars_language() -> None:
    stage = talk()
    type(stage.webinar).objects.filter(pk=stage.webinar.pk).update(language="fr")
    make.webinar()
    call_command("migrate", "chat", "0008", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE chat_kindpolicy SET welcome_text = 'Salut'")
    call_command("migrate", "chat", verbosity=0)
    said = set(KindText.objects.values_list("kind", "language", "welcome_text"))
    assert said == {(kind, "fr", "Salut") for kind in ("scheduled", "just_in_time", "replay")}
