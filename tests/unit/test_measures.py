"""The figures of the talk from plain facts: what counts, what does not, and what is no figure at all."""

from dataclasses import replace
from datetime import timedelta
from statistics import fmean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat import measures
from chat.measures import Answered, Concurrency, Figure, Outcome, Owned, Promised, Share, Talked, Waited
from tests.make import NOW

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
ANSWERED = Answered(NOW + MINUTE, "inbox", in_session=True, met=True, open_seconds=20)
ASKED = Talked("1", NOW, waits=(Waited(NOW),))
TALKED = replace(ASKED, answered=ANSWERED, people=frozenset({"bob"}))


def test_nothing_has_no_figure_and_a_share_of_nothing_no_percentage() -> None:
    assert measures.figure([]) == measures.figure([None, None]) == Figure(0, None, None, None)
    assert Share(0, 0).percent is None
    assert measures.first_response(ASKED) is None
    assert measures.resolution(TALKED) is None
    assert measures.queue_wait(TALKED) is None
    assert measures.effort([TALKED]) == {}


@given(st.lists(st.floats(0, 1e6) | st.none(), min_size=1, max_size=40))
def test_a_figure_tells_how_many_median_percentile_and_mean_of_what_is_known(
    values: list[float | None],
) -> None:
    known = sorted(value for value in values if value is not None)
    found = measures.figure(values)
    assert found.n == len(known)
    if not known:
        return
    place = 0.9 * (len(known) - 1)
    below, above = known[int(place)], known[min(int(place) + 1, len(known) - 1)]
    assert found.p90 == pytest.approx(below + (above - below) * (place - int(place)))
    assert found.median == pytest.approx(median(known))
    assert found.mean == pytest.approx(fmean(known))


def test_M03_a_wait_that_is_open_counts_as_long_as_it_is_by_now() -> None:
    assert measures.reply_wait(Waited(NOW), NOW + 90 * SECOND) == 90
    assert measures.reply_wait(Waited(NOW), NOW + 90 * SECOND, in_hours=True) is None


def test_M04_a_wait_that_no_answer_ended_is_nobodys() -> None:
    let_go = Waited(NOW, NOW + MINUTE, "no_reply_needed", "bob")
    assert measures.replies(replace(TALKED, waits=(let_go, Waited(NOW)))) == []


def test_M06_a_chat_lasts_until_its_last_public_message() -> None:
    ended = replace(TALKED, public=(NOW, NOW + 4 * MINUTE), resolved_at=NOW + DAY)
    assert measures.chat_duration(ended) == 240


def test_A056_two_chats_at_once_for_ten_minutes_take_five_each() -> None:
    public = tuple(NOW + minute * MINUTE for minute in range(11))
    owned = (Owned("bob", "manual", NOW - MINUTE),)
    both = [replace(TALKED, key=key, public=public, owned=owned) for key in "ab"]
    assert [measures.chat_duration(one) for one in both] == [600, 600]
    assert measures.effort(both) == {"a": 300, "b": 300}
    assert measures.effort(both[:1]) == {"a": 600}
    # What somebody else has at the same time does not make it less.
    other = replace(both[1], owned=(Owned("eve", "manual", NOW),))
    assert measures.effort([both[0], other]) == {"a": 600, "b": 600}


def test_M07_ten_minutes_after_a_public_message_an_episode_is_active_no_more() -> None:
    talked = replace(TALKED, public=(NOW, NOW + 30 * MINUTE), owned=(Owned("bob", "manual", NOW),))
    assert measures.active_spans(talked) == [(NOW, NOW + 10 * MINUTE)]
    assert measures.effort([talked]) == {"1": 600}


def test_M16_concurrency_is_weighted_by_time() -> None:
    public = tuple(NOW + minute * MINUTE for minute in range(11))
    owned = (Owned("bob", "manual", NOW),)
    late = replace(TALKED, key="b", opened_at=NOW + 5 * MINUTE, public=public[5:], owned=owned)
    found = measures.concurrency([replace(TALKED, public=public, owned=owned), late])
    assert found == {"bob": Concurrency(1.5, 2)}


@pytest.mark.parametrize(
    ("episode", "outcome"),
    [
        (ASKED, Outcome.OPEN),
        (replace(ASKED, resolved_at=NOW + DAY), Outcome.CLOSED),
        (TALKED, Outcome.LIVE),
        (replace(TALKED, answered=replace(ANSWERED, met=None)), Outcome.LIVE),
        (replace(TALKED, answered=replace(ANSWERED, met=False)), Outcome.ABANDONED),
        (replace(TALKED, answered=replace(ANSWERED, met=False, via="email")), Outcome.LATER),
        (replace(TALKED, answered=replace(ANSWERED, met=False, in_session=False)), Outcome.LATER),
        (
            replace(TALKED, waits=(Waited(NOW, by_mail=True),), answered=replace(ANSWERED, met=False)),
            Outcome.LATER,
        ),
        (replace(ASKED, waits=(Waited(NOW, helped=True),)), Outcome.AUTOMATIC),
        (replace(ASKED, waits=(Waited(NOW, helped=True), Waited(NOW + DAY))), Outcome.OPEN),
        (replace(ASKED, waits=(Waited(NOW, NOW + MINUTE, "no_reply_needed"),)), Outcome.NO_REPLY_NEEDED),
    ],
)
def test_M10_every_episode_has_one_outcome(episode: Talked, outcome: Outcome) -> None:
    assert measures.outcome(episode) is outcome


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({}, None),
        ({"resolved_at": NOW}, True),
        ({"resolved_at": NOW, "people": frozenset()}, None),
        ({"resolved_at": NOW, "people": frozenset({"bob", "eve"})}, False),
        ({"resolved_at": NOW, "next_at": NOW + 7 * DAY - SECOND}, False),
        ({"resolved_at": NOW, "next_at": NOW + 7 * DAY}, True),
        ({"resolved_at": NOW + SECOND}, None),
    ],
)
def test_M12_first_contact_is_known_seven_days_after_the_resolve(
    change: dict[str, object], answer: bool | None
) -> None:
    assert measures.first_contact(replace(TALKED, **change), NOW + 7 * DAY) is answer  # type: ignore[arg-type]


def test_M13_of_those_asked_some_rate_and_of_those_some_are_pleased() -> None:
    assert measures.satisfaction([True, False, True, None]) == (Share(2, 3), Share(3, 4))
    assert measures.satisfaction([])[0].percent is None


def test_M14_within_the_target_is_up_to_it() -> None:
    exact = replace(TALKED, target=timedelta(seconds=60))
    rates = measures.answer_rates([exact, replace(exact, target=timedelta(seconds=59)), ASKED])
    assert rates == {"in_session": Share(2, 3), "within_target": Share(1, 3), "ever": Share(2, 3)}


@pytest.mark.parametrize(
    ("promise", "found"),
    [
        (Promised(NOW), Share(0, 1)),
        (Promised(NOW, NOW, "answer"), Share(1, 1)),
        (Promised(NOW, NOW + SECOND, "answer"), Share(0, 1)),
        (Promised(NOW, NOW, "no_reply_needed"), Share(0, 0)),
        (Promised(NOW, NOW + SECOND, "no_reply_needed"), Share(0, 1)),
        (Promised(NOW + MINUTE, NOW, "answer"), Share(0, 0)),
    ],
)
def test_M18_only_what_is_due_counts_and_only_an_answer_in_time_keeps_it(
    promise: Promised, found: Share
) -> None:
    assert measures.promises_kept([promise], NOW) == found
