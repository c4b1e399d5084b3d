"""The prompts part of the editor: sentences are kept, warnings never block, nothing is overwritten in silence."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from chat.models import Prompt, PromptSetting, PromptShown
from chat.services import prompt_counts, prompt_editing
from tests import make
from tests.talk import NOW, Talk, talk

pytestmark = pytest.mark.django_db

NEW = {
    "version": "0",
    "is_on": "on",
    "text": "Hello {prénom}, ask us.",
    "action": "chat",
    "article": "",
    "seconds": "45",
    "pages": "",
    "idle": "",
    "position": "",
    "join": "all",
    "kind_is": "",
    "kind": "scheduled",
    "language_is": "",
    "language": "",
    "returning": "",
    "asked": "",
    "addresses_in": "",
    "addresses_out": "",
    "often": "once",
    "days": "",
}


@pytest.fixture
def stage() -> Talk:
    return talk()


@pytest.fixture
def alice(stage: Talk, client: Client) -> Client:
    client.force_login(stage.alice.user)
    return client


def address(stage: Talk, number: int | None = None) -> str:
    where = {"team": stage.team.slug, "webinar": stage.webinar.pk}
    if number is None:
        return reverse("prompt_new", kwargs=where)
    return reverse("prompt_edit", kwargs=where | {"prompt": number})


def listed(stage: Talk) -> str:
    where = {"team": stage.team.slug, "webinar": stage.webinar.pk, "part": "prompts"}
    return reverse("webinar_edit", kwargs=where)


def test_a077_every_field_is_kept_and_comes_back(alice: Client, stage: Talk) -> None:
    typed = NEW | {
        "action": "text",
        "article": "All about dough.",
        "pages": "3",
        "idle": "20",
        "position": "32:10",
        "join": "any",
        "kind_is": "not",
        "kind": "replay",
        "language_is": "is",
        "language": "FR",
        "returning": "yes",
        "asked": "no",
        "pages_in": ["registration", "room"],
        "pages_out": ["over"],
        "form_too": "on",
        "addresses_in": "/lumen/*\r\n/other/*",
        "addresses_out": "*/pay/*",
        "often": "days",
        "days": "14",
    }
    assert alice.post(address(stage), typed).status_code == 302
    row = Prompt.objects.get()
    assert row.text == "Hello {first_name}, ask us."
    assert (row.seconds, row.pages, row.idle, row.position) == (45, 3, 20, 1930)
    assert (row.often, row.days, row.action, row.article) == ("days", 14, "text", "All about dough.")
    assert row.properties == [
        {"name": "kind", "value": "replay", "negated": True},
        {"name": "language", "value": "fr", "negated": False},
        {"name": "returning", "value": "yes", "negated": False},
        {"name": "asked", "value": "no", "negated": False},
    ]
    assert (row.pages_in, row.pages_out, row.form_too) == (["registration", "room"], ["over"], True)
    assert (row.addresses_in, row.addresses_out) == (["/lumen/*", "/other/*"], ["*/pay/*"])
    before = Prompt.objects.values().get()
    page = alice.get(address(stage, row.pk))
    again = page.context["form"].initial
    assert again["position"] == 1930
    assert "32:10" in page.text
    assert (again["kind_is"], again["language"], again["addresses_in"]) == (
        "not",
        "fr",
        "/lumen/*\n/other/*",
    )
    assert alice.post(address(stage, row.pk), typed | {"version": "1"}).status_code == 302
    assert Prompt.objects.values().get() == before
    assert AuditEntry.objects.filter(act="webinar.prompts_saved").count() == 2


BAD: list[tuple[dict[str, Any], str]] = [
    ({"text": ""}, "Write what it says."),
    ({"text": "x" * 401}, "At most 400 characters"),
    ({"text": "Hi {name}"}, "{name} is not a name we can fill in"),
    ({"text": "a\0b"}, ""),
    ({"seconds": "0"}, "Between 1 and 3600."),
    ({"seconds": "soon"}, "Between 1 and 3600."),
    ({"pages": "1"}, "Between 2 and 50."),
    ({"position": "32.10"}, "Write minutes and seconds"),
    ({"position": "٣٢:١٠"}, "Write minutes and seconds"),
    ({"action": "text"}, "Write the text it shows."),
    ({"action": "sell"}, ""),
    ({"often": "days"}, "Every how many days?"),
    ({"language_is": "is"}, "Which language?"),
    ({"language_is": "is", "language": "f1"}, "Two letters"),
    ({"addresses_in": "https://elsewhere.example/"}, "is no address of this site"),
    ({"addresses_in": "/a\n" * 11}, "At most 10 addresses."),
    ({"pages_in": ["checkout"]}, ""),
]


@pytest.mark.parametrize(("wrong", "sentence"), BAD)
def test_bad_input_answers_one_sentence_and_keeps_what_was_typed(
    alice: Client, stage: Talk, wrong: dict[str, Any], sentence: str
) -> None:
    response = alice.post(address(stage), NEW | wrong)
    assert response.status_code == 422
    assert sentence in response.text
    assert "Hello" in response.text or "text" in wrong
    assert not Prompt.objects.exists()


def test_a081_a_presuming_opener_is_saved_with_a_warning(alice: Client, stage: Talk) -> None:
    typed = NEW | {"text": "What problem are you having?"}
    shown = alice.post(address(stage), typed | {"do": "preview"})
    assert shown.status_code == 200
    assert "presumes a problem" in shown.text
    assert not Prompt.objects.exists()
    assert alice.post(address(stage), typed).status_code == 302
    assert "Its words presume a problem." in alice.get(listed(stage)).text
    neutral = alice.post(address(stage), NEW | {"do": "preview"})
    assert "presumes a problem" not in neutral.text


def test_a081_the_library_puts_a_neutral_opener_into_the_form(alice: Client, stage: Talk) -> None:
    shown = alice.post(address(stage), NEW | {"do": "use-pl-2", "seconds": "7"})
    assert shown.status_code == 200
    assert shown.context["form"]["text"].value() == "Każde pytanie czyta tu człowiek. Co chcesz wiedzieć?"
    assert shown.context["form"]["seconds"].value() == "7"
    for odd in ("use-xx-0", "use-pl-99", "use-pl--1", "use-"):
        assert alice.post(address(stage), NEW | {"do": odd}).status_code == 200


@pytest.mark.parametrize(
    ("page", "second", "number", "why"),
    [
        ("registration", 45, 1, "It shows."),
        ("registration", 44, 1, "Not yet: they have been on the page for too short a time."),
        ("form", 45, 1, "The last step of registration is left alone."),
        ("over", 45, 1, "It is not for this page."),
    ],
)
def test_the_preview_says_why_it_would_or_would_not_show(
    alice: Client, stage: Talk, page: str, second: int, number: int, why: str
) -> None:
    typed = NEW | {"pages_out": ["over"], "as_page": page, "as_seconds": str(second), "as_pages": str(number)}
    shown = alice.post(address(stage), typed | {"do": "preview"})
    assert shown.context["glimpse"].why == why
    assert shown.context["glimpse"].shows is (why == "It shows.")


def test_a_prompt_saved_meanwhile_is_not_overwritten_in_silence(alice: Client, stage: Talk) -> None:
    alice.post(address(stage), NEW)
    row = Prompt.objects.get()
    response = alice.post(address(stage, row.pk), NEW | {"text": "Mine"})
    assert response.status_code == 409
    assert "while you were editing" in response.text
    assert ">Mine</textarea>" in response.text.replace("\n", "")
    assert Prompt.objects.get().text == "Hello {first_name}, ask us."
    again = NEW | {"text": "Mine", "version": str(PromptSetting.objects.get().version)}
    assert alice.post(address(stage, row.pk), again).status_code == 302
    assert Prompt.objects.get().text == "Mine"


def test_an_act_on_an_old_list_changes_nothing(alice: Client, stage: Talk) -> None:
    alice.post(address(stage), NEW)
    row = Prompt.objects.get()
    response = alice.post(listed(stage), {"do": f"remove-{row.pk}", "version": "0"})
    assert response.status_code == 409
    assert Prompt.objects.count() == 1


def test_acts_on_the_list(alice: Client, stage: Talk) -> None:
    assert "Nobody is invited" in alice.get(listed(stage)).text
    first, second = (
        Prompt.objects.create(webinar=stage.webinar, text=t, place=p) for p, t in enumerate("AB")
    )

    def act(do: str) -> None:
        version = prompt_editing.version_of(stage.webinar)
        assert alice.post(listed(stage), {"do": do, "version": version}).status_code == 302

    act(f"off-{first.pk}")
    act(f"up-{second.pk}")
    assert [(p.text, p.is_on) for p in Prompt.objects.of_webinar(stage.webinar)] == [
        ("B", True),
        ("A", False),
    ]
    act(f"on-{first.pk}")
    act(f"remove-{second.pk}")
    assert [(p.text, p.is_on) for p in Prompt.objects.of_webinar(stage.webinar)] == [("A", True)]
    act(f"remove-{second.pk}")
    for odd in ("remove-x", "sell-1", "", "site-bank", "remove-99999999999999999999"):
        assert alice.post(listed(stage), {"do": odd, "version": 4}).status_code == 400


def test_another_webinars_prompt_cannot_be_reached(alice: Client, stage: Talk) -> None:
    foreign = Prompt.objects.create(webinar=make.webinar(stage.team), text="Theirs")
    assert alice.get(address(stage, foreign.pk)).status_code == 404
    alice.post(listed(stage), {"do": f"remove-{foreign.pk}", "version": 0})
    assert Prompt.objects.filter(pk=foreign.pk).exists()


def test_a_full_list_says_so_and_takes_no_more(alice: Client, stage: Talk) -> None:
    Prompt.objects.bulk_create(
        Prompt(webinar=stage.webinar, text=f"Prompt {n}") for n in range(prompt_editing.MOST)
    )
    page = alice.get(listed(stage))
    assert "A webinar has at most 20 prompts." in page.text
    assert "New prompt" not in page.text
    response = alice.post(address(stage), NEW)
    assert response.status_code == 422
    assert "A webinar has at most 20 prompts." in response.text
    alice.post(listed(stage), {"do": "site-shop", "version": 0})
    assert Prompt.objects.count() == prompt_editing.MOST


def test_a072_each_kind_of_site_yields_its_prompts(alice: Client, stage: Talk) -> None:
    def choose(site: str) -> None:
        version = prompt_editing.version_of(stage.webinar)
        alice.post(listed(stage), {"do": f"site-{site}", "version": version})

    choose("never")
    assert not Prompt.objects.exists()
    choose("shop")
    assert list(Prompt.objects.of_webinar(stage.webinar).values_list("pages", "seconds", "pages_in")) == [
        (3, None, ["registration"]),
        (None, 60, ["registration"]),
    ]
    choose("services")
    assert Prompt.objects.get(pages_in=["room"]).seconds == 60
    choose("never")
    assert Prompt.objects.count() == 3
    assert not Prompt.objects.filter(is_on=True).exists()


def test_a094_one_opener_for_all_needs_its_words(alice: Client, stage: Talk) -> None:
    typed = {"do": "settings", "version": "0", "opener": "single", "opener_text": "", "quiet_days": "30"}
    refused = alice.post(listed(stage), typed | {"side": "left"})
    assert refused.status_code == 422
    assert "Write what all of them say." in refused.text
    assert alice.post(listed(stage), typed | {"side": "left", "opener_text": "Hi."}).status_code == 302
    setting = PromptSetting.objects.get()
    assert (setting.opener_of_all, setting.side, setting.quiet_days) == ("Hi.", "left", 30)
    stale = alice.post(listed(stage), typed | {"side": "left", "opener_text": "Mine.", "quiet_days": "5"})
    assert stale.status_code == 409
    assert "Mine." in stale.text
    assert PromptSetting.objects.get().quiet_days == 30


def test_the_list_counts_what_came_of_each(alice: Client, stage: Talk) -> None:
    row = Prompt.objects.create(webinar=stage.webinar, text="Ask us.")
    stage.asks(now=NOW - timedelta(seconds=30))
    facts = {"prompt": row, "person": stage.person, "session": stage.session, "page": "room"}
    PromptShown.objects.create(**facts, shown_at=NOW, acted_at=NOW)
    other = make.registration(stage.session).person
    PromptShown.objects.create(**facts | {"person": other}, shown_at=NOW, closed_at=NOW, registered=True)
    zero = {"shown": 2, "closed": 1, "acted": 1, "asked": 0, "registered": 1}
    assert prompt_counts.counts_of(stage.webinar) == {row.pk: zero}
    stage.asks("And the price?", now=NOW + timedelta(seconds=30))
    assert prompt_counts.counts_of(stage.webinar)[row.pk]["asked"] == 1
    assert "2 shown · 1 closed · 1 followed · 1 asked afterwards" in alice.get(listed(stage)).text


def test_the_list_costs_as_many_queries_with_three_prompts_as_with_one(
    alice: Client, stage: Talk, django_assert_max_num_queries: Any
) -> None:
    for count in (1, 3):
        while Prompt.objects.count() < count:
            Prompt.objects.create(webinar=stage.webinar, text="Ask us.")
        with django_assert_max_num_queries(32):
            alice.get(listed(stage))
