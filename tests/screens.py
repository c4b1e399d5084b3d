"""Every screen the demo can show, and the way to each: for `make shots` and for the test that asks axe about all."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError

WEBINAR = "/demo/automated-webinars/"


@dataclass(frozen=True)
class Screen:
    """A name and what a page does to get there; `who` is a visitor, an attendee or the team's owner."""

    name: str
    who: str
    go: Callable[[Page], None]


def sign_in(context: BrowserContext, email: str, password: str) -> None:
    """Through the form, as a person does."""
    page = context.new_page()
    page.goto("/account/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/studio/"))
    page.close()


def register(page: Page, choice: str, name: str = "Dana") -> None:
    """Take a place: `choice` is the start of the slot's value, such as on_demand."""
    page.goto(WEBINAR)
    page.check(f"input[name=slot][value^={choice}]", force=True)
    page.fill("input[name=first_name]", name)
    page.fill("input[name=email]", f"{name.lower()}@guests.demo.localhost")
    page.click("form:has(input[name=first_name]) > button[type=submit]")
    page.wait_for_url(re.compile(r"/r/"))


def _at(path: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.goto(path)

    return go


def _waiting(page: Page) -> None:
    register(page, "just_in_time", "Ines")
    page.goto(re.sub(r"(/r/[0-9a-f-]{36}/).*", r"\1room/", page.url))
    page.wait_for_timeout(1500)


def _empty_form(page: Page) -> None:
    page.goto(WEBINAR)
    page.click("form:has(input[name=first_name]) > button[type=submit]")
    page.wait_for_selector(".error")


def _room(page: Page) -> None:
    register(page, "on_demand")
    enter = page.get_by_role("button", name=re.compile("Start the film|Enter"))
    if enter.count():
        enter.first.click()
    page.wait_for_timeout(4500)


def _thread(page: Page) -> None:
    page.goto("/studio/demo/inbox/")
    page.get_by_text("Łukasz").first.click()
    page.wait_for_timeout(800)


def _why(page: Page) -> None:
    _thread(page)
    page.goto(re.sub(r"#(.+)$", r"\1/why/", page.url))


def _mail(page: Page) -> None:
    page.goto("/outbox/")
    page.locator("a[href*='/outbox/']").first.click()
    page.wait_for_load_state("load")


def _part(part: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.goto("/studio/demo/webinars/")
        found = re.search(r"/studio/demo/webinars/[0-9a-f-]{36}/", page.content())
        page.goto(f"{found[0] if found else '/no-webinar/'}{part}/")

    return go


def _session_act(act: str) -> Callable[[Page], None]:
    """The page that asks before a session is called off or moved."""

    def go(page: Page) -> None:
        _part("sessions")(page)
        page.goto(page.locator(f"a[href*='/{act}/']").first.get_attribute("href") or "/no-session/")

    return go


EDITOR = (
    "video",
    "schedule",
    "sessions",
    "registration",
    "chat",
    "faq",
    "prompts",
    "moderators",
    "settings",
    "registrations",
)


def _own_shifts(page: Page) -> None:
    page.goto("/studio/demo/shifts/")
    page.click("a.btn-primary")
    page.wait_for_url(re.compile(r"/shifts/\d+/"))


SCREENS = (
    Screen("landing", "visitor", _at("/")),
    Screen("login", "visitor", _at("/account/login/")),
    Screen("signup", "visitor", _at("/account/signup/")),
    Screen("reset", "visitor", _at("/account/password/reset/")),
    Screen("not-found", "visitor", _at("/nothing/here/")),
    Screen("registration", "visitor", _at(WEBINAR)),
    Screen("registration-error", "visitor", _empty_form),
    Screen("replay-link", "visitor", _at(WEBINAR + "replay/")),
    Screen("link-unknown", "visitor", _at("/j/" + "A" * 43 + "/")),
    Screen("place", "attendee", lambda page: register(page, "just_in_time")),
    Screen("waiting", "attendee", _waiting),
    Screen("room", "attendee", _room),
    Screen("home", "owner", _at("/studio/demo/")),
    Screen("inbox", "owner", _at("/studio/demo/inbox/")),
    Screen("inbox-why", "owner", _why),
    Screen("thread", "owner", _thread),
    Screen("webinars", "owner", _at("/studio/demo/webinars/")),
    Screen("webinar-new", "owner", _at("/studio/demo/webinars/new/")),
    Screen("webinar-new-questions", "owner", _at("/studio/demo/webinars/new/?comfort=2&sessions=3&speed=2")),
    *(Screen(f"editor-{part}", "owner", _part(part)) for part in EDITOR),
    Screen("session-cancel", "owner", _session_act("cancel")),
    Screen("session-move", "owner", _session_act("move")),
    *(Screen(f"preset-{number}", "owner", _part(f"preset/{number}")) for number in (1, 2, 3)),
    Screen("preset-questions", "owner", _part("preset")),
    Screen("shifts", "owner", _at("/studio/demo/shifts/")),
    Screen("shifts-mine", "owner", _own_shifts),
    Screen("hours-kept", "owner", _at("/studio/demo/shifts/kept/")),
    Screen("hours-kept-wrong", "owner", _at("/studio/demo/shifts/kept/?first=2026-03-10&last=2026-03-09")),
    Screen("load", "owner", _part("load")),
    Screen("members", "owner", _at("/studio/demo/members/")),
    Screen("settings", "owner", _at("/studio/demo/settings/")),
    Screen("outbox", "owner", _at("/outbox/")),
    Screen("mail", "owner", _mail),
)


def walk(
    new_context: Callable[[], BrowserContext], let_in: Callable[[BrowserContext], None], only: str = ""
) -> Iterator[tuple[str, Page, str]]:
    """Open each screen, or those whose name begins with `only`, each attendee in a browser of their own.

    `let_in` signs a browser in as the demo's owner. Yields the name, the page, and why the way there failed, if
    it did.
    """
    owner = new_context()
    wanted = [screen for screen in SCREENS if screen.name.startswith(only)]
    if any(screen.who == "owner" for screen in wanted):
        let_in(owner)
    for screen in wanted:
        context = owner if screen.who == "owner" else new_context()
        page = context.new_page()
        failed = ""
        try:
            screen.go(page)
        except PlaywrightError as error:
            failed = error.message.splitlines()[0]
        yield screen.name, page, failed
        page.close()
        if context is not owner:
            context.close()
    owner.close()
