"""Takes down whether an answer of the host's list helped, and lets the wait go on when it did not."""

from datetime import datetime

from django.db import transaction

from chat import refusals
from chat.models import Episode, FaqAnswer, Helped
from chat.services.automation import decide_again, open_wait
from chat.services.work import Work, of_attendee
from webinars.models import Registration


@transaction.atomic
def note_helped(
    *, registration: Registration, guest_id: int | None, seq: int, helped: bool, now: datetime
) -> None:
    """Note that the answer with this public number helped, or that they ask for a human.

    *Yes* silences the autoresponder for this wait and ends nothing. *No* may follow a *yes* while its episode lasts;
    a human that was asked for stays asked for. The same again changes nothing. Refuses not_found, said_already.
    """
    conversation = of_attendee(registration, guest_id=guest_id, now=now)
    found = FaqAnswer.objects.select_related("message").filter(conversation=conversation)
    answer = found.filter(message__public_seq=seq).first()
    if answer is None:
        raise refusals.not_found()
    if answer.helped == (Helped.YES if helped else Helped.NO):
        return
    settled = Episode.objects.filter(conversation=conversation, resolved_at__gte=answer.at).exists()
    if answer.helped and (helped or settled):
        raise refusals.said_already()
    answer.settle(helped, now)
    answer.save(update_fields=["helped", "helped_at"])
    answer.message.detail["helped"] = helped
    answer.message.save(update_fields=["detail"])
    work = Work(conversation, now)
    wait = open_wait(conversation)
    if wait is not None:
        wait.helped_at = now if helped else None
        wait.save(update_fields=["helped_at"])
        decide_again(work, wait)
    work.event("faq_helped" if helped else "faq_human", None)
    work.finish()
