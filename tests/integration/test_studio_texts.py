"""The parts of the editor that are plain forms: texts, moderators, rooms, and the chat."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Role
from chat.models import ChatPolicy, KindPolicy, KindText, PolicyKind
from chat.services.policy import default_policy
from tests import make
from webinars.models import Assignment, Webinar

pytestmark = pytest.mark.django_db

Fields = dict[str, Any]


class Editor:
    """A webinar in the browser of its owner."""

    def __init__(self) -> None:
        self.member = make.member(name="Alice")
        self.team = self.member.team
        self.webinar = make.webinar(self.team, slug="better-bread")
        make.assignment(self.webinar, self.member)
        self.client = Client()
        self.client.force_login(self.member.user)

    def url(self, part: str) -> str:
        kwargs = {"team": self.team.slug, "webinar": self.webinar.pk, "part": part}
        return reverse("webinar_edit", kwargs=kwargs)

    def post(self, part: str, fields: Fields, **changes: Any) -> Any:
        sent = {name: value for name, value in (fields | changes).items() if value is not None}
        return self.client.post(self.url(part), sent)

    def row(self) -> Webinar:
        return Webinar.objects.get(pk=self.webinar.pk)


@pytest.fixture
def editor() -> Editor:
    return Editor()


TEXTS: Fields = {
    "version": "0",
    "title": "Bread & Świeży chleb",
    "slug": "fresh-bread",
    "promise": "One loaf a day.",
    "learn": "Knead\n\n  Bake  \r\nEat",
    "description": "**Bold** <script>alert(1)</script>",
    "presenters": "Zofia Brzęczyszczykiewicz-Nowak, baker, of Kraków\nThéo",
}


def test_texts_are_kept_as_typed_and_shown_safely(editor: Editor) -> None:
    assert editor.post("registration", TEXTS).status_code == 302
    row = editor.row()
    assert (row.title, row.slug, row.version) == ("Bread & Świeży chleb", "fresh-bread", 1)
    assert row.learn == ["Knead", "Bake", "Eat"]
    assert row.presenters == [
        {"name": "Zofia Brzęczyszczykiewicz-Nowak", "about": "baker, of Kraków"},
        {"name": "Théo", "about": ""},
    ]
    assert AuditEntry.objects.get().detail == {"address_changed": True}
    shown = editor.client.get(editor.url("registration")).text
    assert "<script>alert" not in shown
    assert "Zofia Brzęczyszczykiewicz-Nowak, baker, of Kraków" in shown


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": "  "}, "A page needs a title."),
        ({"title": "x" * 151}, "at most 150 characters"),
        ({"slug": "Fresh Bread"}, "Use small letters, digits and single hyphens"),
        ({"slug": "../admin"}, "Use small letters"),
        ({"slug": "fresh-bread\n"}, None),
        ({"slug": ""}, "This field is required."),
        ({"slug": "taken"}, "Another webinar of your team has this address."),
        ({"learn": "\n".join("abcdefghi")}, "At most 8 lines; this has 9."),
        ({"learn": "x" * 201}, "A line has at most 200 characters."),
        ({"presenters": ", no name"}, "Each line begins with a name"),
        ({"description": "x" * 20_001}, "at most 20000 characters"),
        ({"promise": "a\x00b"}, "Null characters are not allowed."),
        ({"version": "x"}, None),
    ],
)
def test_texts_that_cannot_be_are_refused_beside_the_field(
    editor: Editor, change: Fields, sentence: str | None
) -> None:
    make.webinar(editor.team, slug="taken")
    response = editor.post("registration", TEXTS | {"promise": "Kept as typed."}, **change)
    if sentence is None and response.status_code == 302:  # a trimmed line end harms nobody
        assert editor.row().slug == "fresh-bread"
        return
    assert response.status_code == 422
    assert (sentence or "") in response.text
    assert editor.row().version == 0
    assert "promise" in change or "Kept as typed." in response.text


def test_another_teams_address_is_free(editor: Editor) -> None:
    make.webinar(slug="fresh-bread")
    assert editor.post("registration", TEXTS).status_code == 302


@pytest.mark.parametrize("part", ["registration", "settings", "moderators"])
def test_a_stale_save_is_held_back_and_keeps_what_was_typed(editor: Editor, part: str) -> None:
    forms: dict[str, Fields] = {
        "registration": TEXTS,
        "settings": {"version": "0", "doors_minutes": "11", "exit_minutes": "37"},
        "moderators": {"version": "0", "moderators": str(editor.member.pk)},
    }
    assert editor.post(part, forms[part]).status_code == 302
    late = editor.post(part, forms[part])
    assert late.status_code == 409
    assert "Alice saved this at" in late.text
    assert 'name="version" value="1"' in late.text
    assert editor.row().version == 1
    assert editor.post(part, forms[part], version="1").status_code == 302


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"exit_minutes": "-1"}, "greater than or equal to 0"),
        ({"doors_minutes": "1000"}, "less than or equal to 120"),
        ({"exit_minutes": "soon"}, "Enter a whole number."),
        ({"exit_minutes": None}, "This field is required."),
    ],
)
def test_rooms_that_cannot_be_are_refused(editor: Editor, change: Fields, sentence: str) -> None:
    response = editor.post("settings", {"version": "0", "doors_minutes": "5", "exit_minutes": "5"}, **change)
    assert response.status_code == 422
    assert sentence in response.text
    assert editor.row().exit_minutes == 15


def test_moderators_are_chosen_from_the_team_and_an_editor_keeps_sight(editor: Editor) -> None:
    ed = make.member(editor.team, Role.EDITOR)
    bob, eve = make.member(editor.team, Role.MODERATOR), make.member(editor.team, Role.MODERATOR)
    foreign = make.member()
    for member in (ed, bob):
        make.assignment(editor.webinar, member)
    response = editor.post("moderators", {"version": "0", "moderators": [str(eve.pk)]})
    assert response.status_code == 302
    left = set(Assignment.objects.filter(webinar=editor.webinar).values_list("membership_id", "moderates"))
    assert left == {(eve.pk, True), (ed.pk, False)}
    refused = editor.post("moderators", {"version": "1", "moderators": [str(foreign.pk)]})
    assert refused.status_code == 422
    assert "not in your team" in refused.text
    nobody = editor.post("moderators", {"version": "1"})
    assert nobody.status_code == 422
    assert "Choose at least one person" in nobody.text
    assert editor.post("moderators", {"version": "1", "moderators": ["x", "\x00"]}).status_code == 422


def chat_form(**changes: Any) -> Fields:
    """Chat settings that can be kept."""
    fields: Fields = {
        "do": "save",
        "version": "0",
        "welcome_delay": "5",
        "delay": "2",
        "delay_unit": "60",
        "once_per_session": "yes",
        "promise": "day_end",
        "promise_hours": "24",
        "outside_mode": "email",
        "away_email": "no",
        "target_minutes": "3",
        "expectation": "",
        "name_fallback": "there",
    }
    for kind in PolicyKind.values:
        fields |= {
            f"{kind}-mode": "chat",
            f"{kind}-welcome_on": "on",
            f"{kind}-welcome_text": "Hello {first_name}",
            f"{kind}-autoresponder_on": "on",
            f"{kind}-autoresponder_text": "It has arrived, {prénom}.",
            f"{kind}-outside_text": "Nobody is here.",
        }
    fields |= changes
    return {name: value for name, value in fields.items() if value is not None}


def test_chat_settings_are_kept_per_kind_of_session(editor: Editor) -> None:
    default_policy(editor.webinar)
    fields = chat_form(
        **{"replay-mode": "email", "replay-welcome_on": None, "scheduled-autoresponder_on": None}
    )
    assert editor.client.post(editor.url("chat"), fields).status_code == 302
    policy = ChatPolicy.objects.get(webinar=editor.webinar)
    assert (policy.autoresponder_delay, policy.target_seconds, policy.version) == (120, 180, 1)
    kinds = {row.kind: row for row in KindPolicy.objects.filter(policy=policy)}
    assert (kinds["replay"].mode, kinds["replay"].welcome_on) == ("email", False)
    assert not kinds["scheduled"].autoresponder_on
    said = KindText.objects.get(policy=policy, kind="scheduled", language="en")
    assert said.autoresponder_text == "It has arrived, {first_name}."
    assert AuditEntry.objects.get().act == "webinar.chat_saved"
    shown = editor.client.get(editor.url("chat")).text
    assert "Hello {first_name}" in shown
    assert "Hello Camille" in shown


def test_F24_whether_attendees_may_send_files_is_the_hosts_to_say(editor: Editor) -> None:
    default_policy(editor.webinar)
    assert ChatPolicy.objects.get().files
    assert editor.client.post(editor.url("chat"), chat_form(send_files=None)).status_code == 302
    assert not ChatPolicy.objects.get().files
    fields = chat_form(send_files="on", version="1")
    assert editor.client.post(editor.url("chat"), fields).status_code == 302
    assert ChatPolicy.objects.get().files


def test_opening_the_chat_part_stores_nothing(editor: Editor) -> None:
    assert editor.client.get(editor.url("chat")).status_code == 200
    assert not ChatPolicy.objects.exists()
    assert editor.client.post(editor.url("chat"), chat_form()).status_code == 302
    assert ChatPolicy.objects.get(webinar=editor.webinar).kinds.count() == 3


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"scheduled-welcome_text": "Hi {last_name}"}, "{last_name} is not a name we can fill in."),
        ({"scheduled-welcome_text": "Hi {first_name.__class__}"}, "is not a name we can fill in."),
        ({"scheduled-welcome_text": "Hi {{first_name}}"}, "is not a name we can fill in."),
        ({"scheduled-welcome_text": "   "}, "Write what it says, or switch it off."),
        ({"replay-autoresponder_text": ""}, "Write what it says, or switch it off."),
        ({"just_in_time-outside_text": "x" * 4001}, "at most 4000 characters"),
        ({"delay": "14", "delay_unit": "1"}, "Between 15 seconds and 24 hours."),
        ({"delay": "2000"}, "Between 15 seconds and 24 hours."),
        ({"delay": "0"}, "Between 15 seconds and 24 hours."),
        ({"delay_unit": "3600"}, "Select a valid choice."),
        ({"scheduled-mode": "telepathy"}, "Select a valid choice."),
        ({"scheduled-mode": "other"}, "Give the address of the other chat."),
        ({"replay-other_url": "http://chat.example.com/"}, "The address begins with https://."),
        ({"replay-other_url": "https://me:pw@chat.example.com/"}, "may not hold a name or a password"),
        ({"replay-other_url": "https://192.168.1.4/"}, "cannot be reached from outside your network"),
        ({"replay-other_url": "https://chat.example.com/" + "a" * 2048}, "at most 2048 characters"),
        ({"queue_most": "0"}, "A number from 1 to 999, or nothing for no limit."),
        ({"queue_minutes": "many"}, "A number from 1 to 999, or nothing for no limit."),
        ({"away_email": "perhaps"}, "Select a valid choice."),
        ({"welcome_delay": "-1"}, "Between 0 and 3600 seconds."),
        ({"expectation": "x" * 201}, "at most 200 characters"),
        ({"name_fallback": "a\x00b"}, "Null characters are not allowed."),
        ({"promise": "soon"}, "Select a valid choice."),
    ],
)
def test_chat_settings_that_cannot_be_are_refused_beside_the_field(
    editor: Editor, change: Fields, sentence: str
) -> None:
    default_policy(editor.webinar)
    response = editor.client.post(editor.url("chat"), chat_form(target_minutes="37", **change))
    assert response.status_code == 422
    assert sentence in response.text
    assert 'value="37"' in response.text
    assert ChatPolicy.objects.get(webinar=editor.webinar).version == 0


def test_a_stale_save_of_the_chat_is_held_back(editor: Editor) -> None:
    default_policy(editor.webinar)
    editor.client.post(editor.url("chat"), chat_form())
    late = editor.client.post(editor.url("chat"), chat_form(target_minutes="37"))
    assert late.status_code == 409
    assert "while you were editing" in late.text
    assert 'value="37"' in late.text
    assert ChatPolicy.objects.get(webinar=editor.webinar).target_seconds == 180
    assert editor.client.post(editor.url("chat"), chat_form(version="1")).status_code == 302


def test_the_chat_is_previewed_as_typed_without_saving(editor: Editor) -> None:
    default_policy(editor.webinar)
    fields = chat_form(do="preview", as_kind="scheduled", **{"scheduled-welcome_text": "Ahoy {first_name}!"})
    shown = editor.client.post(editor.url("chat"), fields)
    assert shown.status_code == 200
    assert "Ahoy Camille!" in shown.text
    assert "If a human answers before 8:20" in shown.text
    outside = editor.client.post(editor.url("chat"), fields | {"as_hours": "outside"})
    assert "An e-mail form" in outside.text
    stays = editor.client.post(editor.url("chat"), fields | {"as_hours": "outside", "outside_mode": "chat"})
    assert "Nobody is here." in stays.text.split('id="preview"')[1]
    for value in ("-5", "x", "9" * 40, ""):
        assert editor.client.post(editor.url("chat"), fields | {"delay": value}).status_code == 200
    assert ChatPolicy.objects.get(webinar=editor.webinar).version == 0


def test_A082_A083_who_is_away_and_who_waits_are_settings_with_a_true_preview(editor: Editor) -> None:
    default_policy(editor.webinar)
    limits = {"away_email": "yes", "queue_most": "5", "queue_minutes": "10"}
    chat = {"replay-mode": "other", "replay-other_url": "https://chat.example.com/room"}
    assert editor.client.post(editor.url("chat"), chat_form(**limits, **chat)).status_code == 302
    policy = ChatPolicy.objects.get(webinar=editor.webinar)
    assert (policy.away_email, policy.queue_most, policy.queue_minutes) == (True, 5, 10)
    assert KindPolicy.objects.get(policy=policy, kind="replay").other_url == "https://chat.example.com/room"
    assert 'value="https://chat.example.com/room"' in editor.client.get(editor.url("chat")).text
    fields = chat_form(do="preview", version="1", as_kind="scheduled", expectation="We are quick.", **limits)
    said = {
        "inside": "We are quick.",
        "away": "Nobody is at the chat just now. We answer by e-mail.",
        "full": "Many people are waiting in the chat. We answer by e-mail.",
        "long": "This takes longer than we thought, so you need not wait here. We answer by e-mail.",
    }
    for when, text in said.items():
        shown = editor.client.post(editor.url("chat"), fields | {"as_hours": when}).text
        assert text in shown.split('id="preview"')[1]
    none = {"away_email": "no", "queue_most": "", "queue_minutes": ""}
    shown = editor.client.post(editor.url("chat"), fields | none | {"as_hours": "away"}).text
    assert "Whoever comes first answers you." in shown.split('id="preview"')[1]
    other = fields | {"as_kind": "replay"} | chat
    assert "once Camille agreed" in editor.client.post(editor.url("chat"), other).text


def test_texts_are_previewed_as_typed_without_saving(editor: Editor) -> None:
    shown = editor.post("registration", TEXTS, do="preview")
    assert shown.status_code == 200
    preview = shown.text.split('id="preview"')[1]
    assert "Świeży chleb" in preview
    assert "<strong>Bold</strong>" in preview
    assert "<script>alert" not in preview
    assert "Not saved yet" in shown.text
    wrong = editor.post("registration", TEXTS, do="preview", title="")
    assert "Better bread at home" in wrong.text.split('id="preview"')[1]
    assert editor.row().version == 0
