"""The sockets of the room and of the inbox: look up the command, run one service, push the answer."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import membership_of
from accounts.models import Membership
from chat import commands, frames, news
from chat.board import Seat
from chat.database import ask
from chat.hub import Member
from chat.lines import Line
from chat.models import current_epoch
from chat.refusals import Refusal
from chat.schemas import up
from chat.services import access, reading
from chat.services.availability import status_of
from chat.services.together import Typed
from chat.sockets import REJECT, Closed, Message, Receive, Send, Socket
from webinars import presence
from webinars.guests import guest_from_cookie, registration_for
from webinars.models import Registration

WATCHED = 20  # conversations one inbox may have open


def _who_attends(cookie: str | None, registration_id: UUID) -> tuple[int, Registration | None, str]:
    """The guest session (0: none), the registration it holds, and the conversation."""
    guest = guest_from_cookie(cookie, timezone.now())
    if guest is None:
        return 0, None, ""
    registration = registration_for(guest, registration_id)
    if registration is None:
        return guest.pk, None, ""
    return guest.pk, registration, str(reading.conversation_of(registration).pk)


def _open(guest_id: int, registration_id: UUID, last: int) -> reading.Opening | None:
    """What a room starts from, as it is now; None when it may not be seen any more."""
    found = Registration.objects.select_related("webinar__team", "session", "person").live()
    registration = found.filter(pk=registration_id, person__grants__guest=guest_id).first()
    return reading.opening(registration, last=last, now=timezone.now()) if registration else None


class RoomSocket(Socket):
    """An attendee's socket."""

    shapes = up.attendee_commands

    guest_id: int
    registration: Registration
    name: str
    conversation: str
    team: str
    line: Line | None = None
    member: Member | None = None

    @property
    def greeted(self) -> bool:
        return self.line is not None

    async def admit(self) -> int | None:
        cookie = self.cookie(settings.GUEST_COOKIE_NAME)
        if cookie is None:
            return REJECT
        registration_id = self.scope["url_route"]["kwargs"]["registration"]
        guest_id, registration, conversation = await ask(_who_attends, cookie, registration_id)
        if not guest_id:
            return REJECT
        if registration is None:
            return 4401
        self.guest_id, self.conversation = guest_id, conversation
        self.team, self.name = str(registration.webinar.team_id), registration.person.first_name
        # Only its own columns: what hangs on them changes while the socket is open, and costs memory.
        self.registration = Registration(
            pk=registration.pk,
            webinar_id=registration.webinar_id,
            session_id=registration.session_id,
            person_id=registration.person_id,
        )
        right = access.AttendeeRight(registration.pk, guest_id)
        self.member = Member(
            self.outbox, right, str(registration.pk), lambda: self.line.head if self.line else 0
        )
        self.hub.watch_over(self.member)
        return None

    def depart(self) -> None:
        if self.line is not None:
            self.hub.leave(self.line)
        if self.member is not None:
            self.hub.forget(self.member)

    async def handle(self, command: Any) -> None:
        if isinstance(command, up.Hello):
            await self._hello(command)
        elif self.line is None:
            self.outbox.push(frames.refused(None, "bad_frame", _("Say hello first.")))
        elif isinstance(command, up.Post):
            await self._post(command)
        elif isinstance(command, up.Read | up.Delivered | up.PromptNote | up.FaqHelped):
            await self._change(command)
        elif isinstance(command, up.Seen):
            await self._seen(command)
        elif isinstance(command, up.Typing):
            self._typing()
        else:
            self.outbox.push(frames.clock("pong", timezone.now(), self.line.head))

    async def _hello(self, command: up.Hello) -> None:
        """Join first, read second, then go live: nothing slips between (M7)."""
        if self.line is not None:
            self.hub.leave(self.line)
        line = self.line = self.hub.join(("attendee", self.conversation), self.team, self.outbox)
        self.outbox.drained = line.catch_up
        last, epoch = command.data.last, command.data.epoch
        opening = await ask(_open, self.guest_id, self.registration.pk, last)
        if opening is None:
            raise Closed(4401)
        if last > opening.head or (epoch and epoch != opening.epoch):
            self.outbox.push(frames.RELOAD)
            return
        ready = {
            "type": "ready",
            "epoch": opening.epoch,
            "head": opening.head,
            "now": frames.iso(timezone.now()),
            "mode": opening.mode,
            "expect": opening.expect,
            "conversation": opening.conversation,
            "read": opening.read,
            "files": opening.setting.files,
            "seen": opening.seen,
        }
        self.outbox.push(frames.dump(ready))
        if self.member is not None:
            self.member.talk, self.member.said = opening.talk, opening.said
        for _seq, frame in opening.frames:
            self.outbox.push(frame)
        line.head = max(line.head, opening.head)
        line.start(opening.frames[-1][0] if opening.frames else last)

    async def _post(self, command: up.Post) -> None:
        """Together with what others send at this moment; what is not ordinary by itself."""
        if command.data.files or command.data.reply_to is not None:
            await self._change(command)
            return
        typed = Typed(
            conversation=UUID(self.conversation),
            registration=self.registration,
            guest=self.guest_id,
            ref=command.ref,
            text=command.data.text,
            now=timezone.now(),
        )
        result = await self.hub.writer.post(typed)
        if result is None:
            await self._change(command)
        else:
            self.conclude(result)

    async def _change(self, command: up.Post | up.Read | up.Delivered | up.PromptNote | up.FaqHelped) -> None:
        result = await ask(commands.as_attendee, self.registration, self.guest_id, command, timezone.now())
        self.conclude(result)

    async def _seen(self, command: up.Seen) -> None:
        now = timezone.now()
        if presence.note_seen(self.registration.pk, command.data.position, command.data.playing, now):
            await ask(presence.flush, now)
        if command.ref is not None:
            self.outbox.push(frames.ack(str(command.ref), None, now))

    def _typing(self) -> None:
        if self.typing_now():
            frame = {"type": "typing", "conversation": self.conversation, "name": self.name, "user": None}
            self.hub.publish(news.Whisper(("team", self.conversation), frames.dump(frame)))


def _who_works(session_key: str | None, team: str) -> tuple[bool, Membership | None, frozenset[str] | None]:
    """Whether somebody is signed in, their membership, and the webinars it is limited to."""
    user = access.user_of_session(session_key)
    membership = membership_of(user, team) if user else None
    return user is not None, membership, reading.webinars_of(membership) if membership else None


def _open_inbox(membership: Membership) -> tuple[str, int, dict[str, Any]]:
    return current_epoch(), reading.revision_of(membership.team), status_of(membership).as_json()


def _open_thread(membership: Membership, conversation: UUID, after: int) -> tuple[int, list[tuple[int, str]]]:
    """The thread's head and a page of what is newer than `after`; a Refusal when it is not theirs."""
    found = reading.of_inbox(membership, conversation)
    return found.seq, reading.team_after(found, after)


class InboxSocket(Socket):
    """A member's socket."""

    shapes = up.team_commands

    membership: Membership
    webinars: frozenset[str] | None
    seat: Seat | None = None
    member: Member | None = None

    def __init__(self, scope: Message, receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        self.lines: dict[str, Line] = {}
        self.outbox.drained = self._drained

    @property
    def greeted(self) -> bool:
        return self.seat is not None

    @property
    def team(self) -> str:
        """The team's id."""
        return str(self.membership.team_id)

    async def admit(self) -> int | None:
        key = self.cookie(settings.SESSION_COOKIE_NAME)
        if key is None:
            return REJECT
        signed_in, membership, webinars = await ask(
            _who_works, key, self.scope["url_route"]["kwargs"]["team"]
        )
        if not signed_in:
            return 4401
        if membership is None:
            return 4404
        self.membership, self.webinars = membership, webinars
        right = access.MemberRight(key, membership.pk, webinars)
        self.member = Member(
            self.outbox, right, f"member {membership.pk}", lambda: self.hub.board(self.team).head
        )
        self.hub.watch_over(self.member)
        return None

    def depart(self) -> None:
        for conversation, line in self.lines.items():
            self.hub.leave(line)
            self._tell_viewers(conversation)
        if self.seat is not None:
            self.hub.board(self.team).leave(self.seat)
        if self.member is not None:
            self.hub.forget(self.member)

    def _drained(self) -> None:
        for line in self.lines.values():
            line.catch_up()
        if self.seat is not None:
            board = self.hub.board(self.team)
            board.hear(board.head)

    async def handle(self, command: Any) -> None:
        if isinstance(command, up.TeamHello):
            await self._hello(command)
        elif self.seat is None:
            self.outbox.push(frames.refused(None, "bad_frame", _("Say hello first.")))
        elif isinstance(command, commands.CHANGING):
            result = await ask(commands.as_member, self.membership, command, timezone.now())
            self.conclude(result)
            if result.held is not None:
                self.hub.release_at(*result.held)
        elif isinstance(command, up.Watch):
            await self._watch(command)
        elif isinstance(command, up.Unwatch):
            self._unwatch(str(command.data.conversation))
        elif isinstance(command, up.TeamTyping):
            self._typing(str(command.data.conversation), note=command.data.note)
        else:
            self.outbox.push(frames.clock("pong", timezone.now(), self.hub.board(self.team).head))

    async def _hello(self, command: up.TeamHello) -> None:
        board = self.hub.board(self.team)
        if self.seat is not None:
            board.leave(self.seat)
        revision, epoch = command.data.revision, command.data.epoch
        self.seat = Seat(self.outbox, self.membership.pk, self.webinars, revision)
        current, head, status = await ask(_open_inbox, self.membership)
        if revision > head or (epoch and epoch != current):
            self.outbox.push(frames.RELOAD)
            return
        ready = {
            "type": "ready",
            "epoch": current,
            "revision": head,
            "now": frames.iso(timezone.now()),
            "me": frames.me(self.membership.user),
            "status": status,
        }
        self.outbox.push(frames.dump(ready))
        board.take_seat(self.seat)

    async def _watch(self, command: up.Watch) -> None:
        ref = str(command.ref) if command.ref else None
        conversation, after = str(command.data.conversation), command.data.after
        self._unwatch(conversation, tell=False)
        if len(self.lines) >= WATCHED:
            self._unwatch(next(iter(self.lines)))
        line = self.hub.join(("team", conversation), self.team, self.outbox)
        try:
            head, found = await ask(_open_thread, self.membership, command.data.conversation, after)
        except Refusal as refusal:
            self.hub.leave(line)
            self.outbox.push(frames.refused(ref, refusal.code, refusal.text))
            return
        if after > head:
            self.hub.leave(line)
            self.outbox.push(frames.RELOAD)
            return
        self.lines[conversation] = line
        if ref is not None:
            self.outbox.push(frames.ack(ref, head, timezone.now()))
        for _seq, frame in found:
            self.outbox.push(frame)
        line.head = max(line.head, head)
        line.start(found[-1][0] if found else after)
        line.viewer = frames.me(self.membership.user)
        self._tell_viewers(conversation)

    def _unwatch(self, conversation: str, *, tell: bool = True) -> None:
        line = self.lines.pop(conversation, None)
        if line is not None:
            self.hub.leave(line)
            if tell:
                self._tell_viewers(conversation)

    def _tell_viewers(self, conversation: str) -> None:
        frame = {"type": "viewing", "conversation": conversation, "users": self.hub.viewers(conversation)}
        self.hub.spread(news.Whisper(("team", conversation), frames.dump(frame)))

    def _typing(self, conversation: str, *, note: bool) -> None:
        """Say that a member writes; of a note only to the team (F-19)."""
        if conversation in self.lines and self.typing_now():
            me = frames.me(self.membership.user)
            public = {"type": "typing", "name": me["name"]}
            team = {**public, "conversation": conversation, "user": me["id"]}
            if not note:
                self.hub.publish(news.Whisper(("attendee", conversation), frames.dump(public)))
            self.hub.publish(news.Whisper(("team", conversation), frames.dump(team)))


async def room(scope: Message, receive: Receive, send: Send) -> None:
    """`/ws/room/<registration>/`"""
    await RoomSocket(scope, receive, send).serve()


async def inbox(scope: Message, receive: Receive, send: Send) -> None:
    """`/ws/inbox/<team>/`"""
    await InboxSocket(scope, receive, send).serve()
