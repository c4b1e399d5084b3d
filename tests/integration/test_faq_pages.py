"""The host's list in the studio, beside the moderators' composer, and in a room without JavaScript."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from chat.models import ChatPolicy, FaqAnswer, FaqEntry, FaqVerdict, Message
from chat.services import faq_editing, faq_reading
from chat.services.facts import facts
from chat.services.faq_editing import EntrySetting
from chat.services.faq_helping import note_helped
from chat.services.posting import post_as_moderator
from tests import make
from tests.talk import NOW, Talk, talk

pytestmark = pytest.mark.django_db
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
TYPED = {
    "question": "How much does it cost?",
    "phrasings": "What is the price?\n\n  Fees \nFees",
    "answer": "Ninety euro.",
    "language": "en",
    "on": "on",
}


class Page:
    """A host at the list of a webinar."""

    def __init__(self, stage: Talk) -> None:
        self.stage = stage
        self.client = Client()
        self.client.force_login(stage.alice.user)
        self.base = f"/studio/{stage.team.slug}/webinars/{stage.webinar.pk}/faq/"

    def get(self, path: str = "", **query: Any) -> Any:
        return self.client.get(self.base + path, query)

    def post(self, path: str = "", **data: Any) -> Any:
        return self.client.post(self.base + path, data)

    def text(self, path: str = "", **query: Any) -> str:
        return str(self.get(path, **query).content.decode())


@pytest.fixture
def page() -> Page:
    return Page(talk())


def price(page: Page, **more: Any) -> FaqEntry:
    assert page.post("entry/", **(TYPED | more)).status_code == 302
    return FaqEntry.objects.latest("pk")


def test_an_empty_list_offers_three_samples_that_are_off_until_their_gaps_are_filled(page: Page) -> None:
    assert "Begin with three samples" in page.text()
    page.post("samples/")
    assert FaqEntry.objects.filter(webinar=page.stage.webinar, on=False).count() == 3
    assert ChatPolicy.objects.get().faq_spoken == 0
    first = FaqEntry.objects.of_webinar(page.stage.webinar)[0]
    typed = TYPED | {"question": first.question, "answer": first.answer, "version": 0}
    refused = page.post(f"entry/{first.pk}/", **typed)
    assert (refused.status_code, "There is still a gap" in refused.content.decode()) == (422, True)
    assert page.post(f"entry/{first.pk}/", **(typed | {"answer": "On 4 May."})).status_code == 302
    assert ChatPolicy.objects.get().faq_spoken == 1


def test_an_entry_is_kept_as_typed_with_each_phrasing_once(page: Page) -> None:
    entry = price(page)
    kept = (entry.question, entry.answer, entry.language, entry.on)
    assert kept == ("How much does it cost?", "Ninety euro.", "en", True)
    assert entry.phrasings == ["What is the price?", "Fees"]
    assert AuditEntry.objects.filter(act="webinar.faq_added").count() == 1
    assert "How much does it cost?" in page.text()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"question": ""}, "Write the question."),
        ({"question": "x" * 201}, "at most 200 characters"),
        ({"question": "Can you?"}, "has no word that tells it from other questions"),
        ({"question": "a\0b"}, ""),
        ({"answer": " "}, "Write the answer."),
        ({"answer": "x" * 2001}, "at most 2000 characters"),
        ({"phrasings": "price\n" + "y" * 201}, "At most 200 characters a line"),
        ({"phrasings": "\n".join(f"price {n}" for n in range(21))}, "At most 20 lines."),
        ({"phrasings": "price\nis it?"}, "“is it?” has no word"),
        ({"language": "xx"}, "xx is not one of the available choices"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_field_and_stays_typed(
    page: Page, typed: dict[str, str], sentence: str
) -> None:
    response = page.post("entry/", **(TYPED | {"answer": "Kept words."} | typed))
    body = response.content.decode()
    assert (response.status_code, FaqEntry.objects.count()) == (422, 0)
    assert sentence in body
    assert "Nothing you typed is lost" in body


def test_two_editors_do_not_overwrite_each_other_silently(page: Page) -> None:
    entry = price(page)
    theirs = TYPED | {"answer": "A hundred.", "version": 0}
    assert page.post(f"entry/{entry.pk}/", **theirs).status_code == 302
    stale = page.post(f"entry/{entry.pk}/", **(theirs | {"answer": "Eighty."}))
    body = stale.content.decode()
    assert (stale.status_code, "A hundred." in body, "Eighty." in body) == (409, True, True)
    entry.refresh_from_db()
    assert entry.answer == "A hundred."
    assert (
        page.post(f"entry/{entry.pk}/", **(theirs | {"answer": "Eighty.", "version": 1})).status_code == 302
    )
    faq_editing.remove(entry=entry, actor=page.stage.alice.user, now=NOW)
    gone = page.post(f"entry/{entry.pk}/", **(theirs | {"version": 2}))
    assert (gone.status_code, "removed this entry meanwhile" in gone.content.decode()) == (422, True)


def test_switch_and_threshold_are_saved_and_a_stale_save_is_held_back(page: Page) -> None:
    price(page)
    assert page.post(threshold="80", seen="1:70").status_code == 302
    policy = ChatPolicy.objects.get()
    assert (policy.faq_on, policy.faq_threshold) == (False, 80)
    assert page.post(on="on", threshold="60", seen="1:70").status_code == 409
    policy.refresh_from_db()
    assert (policy.faq_on, policy.faq_threshold) == (False, 80)


@pytest.mark.parametrize("threshold", ["", "49", "96", "many", "1e9"])
def test_a_threshold_that_is_none_is_refused(page: Page, threshold: str) -> None:
    assert page.post(on="on", threshold=threshold, seen="1:70").status_code == 422
    assert page.get(threshold=threshold).status_code == 200


def test_entries_change_places_and_a_removed_one_comes_back_to_its_own(page: Page) -> None:
    rows = [price(page, question=text) for text in ("Price?", "Dates?", "Place?")]

    def order() -> list[str]:
        return [row.question for row in FaqEntry.objects.of_webinar(page.stage.webinar)]

    page.post(f"entry/{rows[2].pk}/up/")
    assert order() == ["Price?", "Place?", "Dates?"]
    page.post(f"entry/{rows[0].pk}/up/")
    page.post(f"entry/{rows[1].pk}/down/")
    assert order() == ["Price?", "Place?", "Dates?"]
    page.post(f"entry/{rows[2].pk}/remove/")
    shown = page.text()
    assert "Bring “Place?” back" in shown
    assert order() == ["Price?", "Dates?"]
    assert page.get(f"entry/{rows[2].pk}/").status_code == 404
    page.post(f"entry/{rows[2].pk}/restore/")
    assert order() == ["Price?", "Place?", "Dates?"]
    assert "Bring “" not in page.text()
    assert page.post(f"entry/{rows[2].pk}/explode/").status_code == 404


def test_a_full_list_takes_no_more(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faq_editing, "MOST", 2)
    price(page)
    removed = price(page, question="Dates?")
    page.post(f"entry/{removed.pk}/remove/")
    price(page, question="Place?")
    for path, data in (("entry/", TYPED), ("samples/", {}), (f"entry/{removed.pk}/restore/", {})):
        page.post(path, **data)
    assert FaqEntry.objects.of_webinar(page.stage.webinar).count() == 2
    assert "The list is full" in page.post("entry/", **TYPED).content.decode()


def test_a031_a_question_can_be_tried(page: Page) -> None:
    price(page)
    assert "would be said" in page.text("try/", q="what's the pirce")
    assert "not near enough" in page.text("try/", q="the price of good flour at the old mill")
    assert "Nothing of the list is near" in page.text("try/", q="Is rye better?")
    assert page.text("try/", q="").strip() == ""
    assert "would be said" in page.text(q="the price?")  # without script, by the page itself


def test_a028_fifty_past_questions_are_replayed_as_hit_left_alone_and_wrong() -> None:
    stage = talk()
    setting = EntrySetting("How much does it cost?", "Ninety euro.", ("What is the price?",))
    entry = faq_editing.add(webinar=stage.webinar, actor=stage.alice.user, setting=setting, now=NOW)
    for number in range(52):
        place = make.registration(stage.session, who=make.person(stage.team))
        text = "What's the price?" if number % 2 else f"Is rye number {number} better?"
        stage.asks(text, now=NOW + number * SECOND, registration=place)
        if number == 51:
            note_helped(registration=place, guest_id=None, seq=2, helped=False, now=NOW + 60 * MINUTE)
    past = faq_reading.past(stage.webinar, 70)
    assert (len(past.questions), past.hits, past.misses, past.wrong) == (50, 24, 25, 1)
    assert past.questions[0].asked_human is True
    hit, miss = past.questions[2].message, past.questions[1].message
    judge = faq_editing.judge
    judge(message=hit, entry=entry, right=False, actor=stage.alice.user, now=NOW)
    judge(message=miss, entry=None, right=False, actor=stage.alice.user, now=NOW)
    judge(message=past.questions[0].message, entry=entry, right=True, actor=stage.alice.user, now=NOW)
    again = faq_reading.past(stage.webinar, 70)
    assert (again.hits, again.misses, again.wrong) == (24, 24, 2)


def test_a028_a_mark_is_kept_until_it_is_taken_back_and_only_for_questions_of_the_webinar(page: Page) -> None:
    entry = price(page)
    stage, other = page.stage, talk()
    stage.asks("What's the price?")
    other.asks("What's the price?")
    message = stage.messages[0]
    for _time in range(2):
        page.post("mark/", message=message.pk, entry=entry.pk, mark="wrong", threshold=70)
    assert FaqVerdict.objects.get().right is False
    assert 'data-outcome="wrong"' in page.text()
    page.post("mark/", message=message.pk, entry=entry.pk, mark="", threshold=70)
    assert FaqVerdict.objects.count() == 0
    foreign = other.messages[0].pk
    for bad in (
        {"message": foreign},
        {"message": "x"},
        {"message": 2**80},
        {"message": message.pk, "entry": "9" * 18},
    ):
        assert page.post("mark/", **({"mark": "right", "threshold": 70} | bad)).status_code == 404
    assert FaqVerdict.objects.count() == 0


def test_each_entry_says_how_often_it_was_said_helped_did_not_and_was_sent(page: Page) -> None:
    entry = price(page)
    stage = page.stage
    for number, helped in enumerate((True, False, None)):
        place = make.registration(stage.session, who=make.person(stage.team))
        asked = stage.asks("What's the price?", now=NOW + number * MINUTE, registration=place)
        if helped is not None:
            note_helped(registration=place, guest_id=None, seq=2, helped=helped, now=NOW + number * MINUTE)
        post_as_moderator(
            membership=stage.bob,
            conversation_id=asked.conversation,
            ref=uuid.uuid4(),
            text="Ninety.",
            base_seq=None,
            faq=entry.pk,
            now=NOW + 10 * MINUTE,
        )
    (counted,) = faq_reading.listed(stage.webinar)
    assert (counted.said, counted.helped, counted.refused, counted.sent) == (3, 1, 1, 3)
    assert "said 3 times" in page.text()


def test_a028_the_three_nearest_stand_beside_the_composer_while_a_question_is_open() -> None:
    stage = talk()
    for question in (
        "What is the price?",
        "What is the price for two?",
        "Are there dates?",
        "Price of shipping?",
    ):
        setting = EntrySetting(question, f"About {question}")
        faq_editing.add(webinar=stage.webinar, actor=stage.alice.user, setting=setting, now=NOW)
    stage.asks("the price for two")
    stage.asks("please", now=NOW + MINUTE)
    near = facts(stage.bob, stage.conversation.pk, NOW)["faq"]
    assert len(near) == 3
    assert near[0]["question"] == "What is the price for two?"
    assert near[0]["above"] is near[0]["said"] is True
    assert near[-1]["above"] is False
    stage.answers(now=NOW + 2 * MINUTE)
    assert facts(stage.bob, stage.conversation.pk, NOW)["faq"] == []


def test_a099_without_javascript_the_buttons_are_a_form_and_a_human_is_one_press_away() -> None:
    now = timezone.now()
    stage = talk(starts_at=now - MINUTE)
    setting = EntrySetting("How much does it cost?", "Ninety euro.", ("What is the price?",))
    faq_editing.add(webinar=stage.webinar, actor=stage.alice.user, setting=setting, now=now)
    stage.asks("What's the price?", now=now)
    make.attendance(stage.registration, entered_at=now)
    _guest, cookie = make.guest(stage.person)
    client = Client()
    client.cookies[settings.GUEST_COOKIE_NAME] = cookie
    room = f"/r/{stage.registration.pk}/room/"
    body = client.get(room).content.decode()
    assert "Did this help?" in body
    assert "Ask a human" in body
    assert client.post(room, {"faq": "2", "helped": "yes"}).headers["Location"] == room
    assert "Good that it helped." in client.get(room).content.decode()
    assert client.post(room, {"faq": "2", "helped": "no"}).headers["Location"] == f"{room}#message"
    assert "Your question is with the team." in client.get(room).content.decode()
    assert FaqAnswer.objects.get().helped == "no"
    for bad in ("", "x", "1", "9" * 40):
        assert client.post(room, {"faq": bad, "helped": "no"}).status_code == 422
    assert Message.objects.filter(kind="attendee").count() == 1
