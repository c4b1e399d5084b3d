"""Who may use which door: one table of every address, frame, task and command; what is not in it fails the build.

A profile says what each actor of the cast gets. `ok` is any answer of the door itself, also one that refuses the
input; 404 is the answer of something that does not exist; `login` is the way to the sign-in page.
"""

OK, NOT_FOUND, FORBIDDEN, LOGIN = "ok", "404", "403", "login"

ACTORS = (
    "owner",  # of team A
    "admin",
    "editor",  # assigned to the webinar
    "moderator",  # assigned to the webinar
    "outsider",  # an editor of team A who is not assigned to it
    "removed",  # a former member of team A
    "stranger",  # the owner of team B
    "guest",  # holds the registration
    "other_guest",  # holds another registration for the same session
    "visitor",
)


def _profile(staff: str, **others: str) -> dict[str, str]:
    base = dict.fromkeys(("owner", "admin", "editor", "moderator", "outsider"), staff)
    base |= {"removed": NOT_FOUND, "stranger": NOT_FOUND}
    base |= {"guest": LOGIN, "other_guest": LOGIN, "visitor": LOGIN}
    return base | others


PUBLIC = dict.fromkeys(ACTORS, OK)
SIGNED_IN = _profile(OK, removed=OK, stranger=OK)
MEMBERS = _profile(OK)
MANAGERS = _profile(FORBIDDEN, owner=OK, admin=OK)
CREATORS = MANAGERS
WEBINAR = _profile(OK, outsider=NOT_FOUND)
EDITORS = _profile(OK, moderator=FORBIDDEN, outsider=NOT_FOUND)
EDITORS_NOTHING = _profile(NOT_FOUND, moderator=FORBIDDEN)
UPLOADERS = _profile(OK, moderator=FORBIDDEN)
OWN_OR_MANAGED = _profile(FORBIDDEN, owner=OK, admin=OK, moderator=OK)  # the table's member is the moderator
GUEST = dict.fromkeys(ACTORS, NOT_FOUND) | {"guest": OK}

NOBODY = dict.fromkeys(ACTORS, NOT_FOUND)
NOT_YET = NOBODY | {"guest": FORBIDDEN}  # five minutes before the start (A8)
UNSIGNED = NOBODY  # an unknown token opens nothing, whoever holds it

STUDIO = "studio/<slug:team>/"
PLACE = "r/<uuid:registration>/"
_ONE = STUDIO + "webinars/<uuid:webinar>/"
WAITING = "w/<uuid:waiting>/"  # the guest's

# (address, method): profile
ADDRESSES: dict[tuple[str, str], dict[str, str]] = {
    ("healthz", "GET"): PUBLIC,
    ("healthz/deep", "GET"): PUBLIC,
    ("", "GET"): PUBLIC,
    ("photos/<str:name>.webp", "GET"): NOBODY,  # nobody in this world has one
    ("studio/", "GET"): SIGNED_IN,
    ("studio/new/", "GET"): SIGNED_IN,
    ("studio/new/", "POST"): SIGNED_IN,
    ("invitation/<str:token>/", "GET"): SIGNED_IN,
    (STUDIO + "members/", "GET"): MEMBERS,
    (STUDIO + "members/<int:member>/role/", "POST"): MANAGERS,
    (STUDIO + "members/<int:member>/remove/", "POST"): MEMBERS,  # the service refuses whoever may not
    (STUDIO + "members/invitations/<int:invitation>/revoke/", "POST"): MANAGERS,
    (STUDIO + "settings/", "GET"): MEMBERS,
    (STUDIO + "settings/photo/", "POST"): MEMBERS,  # one's own
    (STUDIO + "mails/", "GET"): UPLOADERS,
    (STUDIO, "GET"): MEMBERS,
    (STUDIO + "uploads/", "POST"): UPLOADERS,
    (STUDIO + "uploads/<uuid:version>/", "HEAD"): EDITORS,
    (STUDIO + "uploads/<uuid:version>/", "DELETE"): EDITORS,
    (STUDIO + "videos/<uuid:video>/status/", "GET"): WEBINAR,
    (STUDIO + "videos/<uuid:video>/captions/", "POST"): EDITORS,
    (STUDIO + "videos/<uuid:video>/captions/<str:language>/remove/", "POST"): EDITORS,
    (STUDIO + "videos/<uuid:version>/media/<path:path>", "GET"): WEBINAR,
    (STUDIO + "webinars/", "GET"): MEMBERS,
    (STUDIO + "webinars/new/", "GET"): CREATORS,
    (STUDIO + "webinars/new/", "POST"): CREATORS,
    (_ONE + "preset/", "GET"): EDITORS,
    (_ONE + "preset/<int:preset>/", "GET"): EDITORS,
    (_ONE + "preset/<int:preset>/", "POST"): EDITORS,
    (_ONE + "preset/undo/", "GET"): EDITORS,
    (_ONE + "preset/undo/", "POST"): EDITORS,
    (_ONE + "preset/later/", "POST"): EDITORS,
    (_ONE + "script/", "POST"): EDITORS,
    (_ONE + "video/", "GET"): EDITORS,
    (_ONE + "schedule/", "GET"): EDITORS,
    (_ONE + "schedule/", "POST"): EDITORS,
    (_ONE + "schedule/rules.ics", "GET"): EDITORS,
    (_ONE + "sessions/", "GET"): EDITORS,
    (_ONE + "sessions/<str:ref>/cancel/", "GET"): EDITORS,
    (_ONE + "sessions/<str:ref>/cancel/", "POST"): EDITORS,
    (_ONE + "sessions/<str:ref>/move/", "GET"): EDITORS,
    (_ONE + "sessions/<str:ref>/move/", "POST"): EDITORS,
    (_ONE + "sessions/<str:ref>/shut/", "POST"): EDITORS,
    (_ONE + "sessions/<str:ref>/let-in/", "POST"): EDITORS,
    (_ONE + "sessions/<str:ref>/delete/", "POST"): EDITORS,
    (_ONE + "sessions/<str:ref>/put-back/", "POST"): EDITORS,
    (_ONE + "registration/", "GET"): EDITORS,
    (_ONE + "registration/", "POST"): EDITORS,
    (_ONE + "chat/", "GET"): EDITORS,
    (_ONE + "chat/", "POST"): EDITORS,
    (_ONE + "faq/", "GET"): EDITORS,
    (_ONE + "faq/", "POST"): EDITORS,
    (_ONE + "faq/try/", "GET"): EDITORS,
    (_ONE + "faq/mark/", "POST"): EDITORS_NOTHING,  # this world's request names no message
    (_ONE + "faq/samples/", "POST"): EDITORS,
    (_ONE + "faq/entry/", "GET"): EDITORS,
    (_ONE + "faq/entry/", "POST"): EDITORS,
    (_ONE + "faq/entry/<int:entry>/", "GET"): EDITORS,
    (_ONE + "faq/entry/<int:entry>/", "POST"): EDITORS,
    (_ONE + "faq/entry/<int:entry>/<str:act>/", "POST"): EDITORS,
    (_ONE + "prompts/", "GET"): EDITORS,
    (_ONE + "prompts/", "POST"): EDITORS,
    (_ONE + "prompts/new/", "GET"): EDITORS,
    (_ONE + "prompts/new/", "POST"): EDITORS,
    (_ONE + "prompts/<int:prompt>/", "GET"): EDITORS,
    (_ONE + "prompts/<int:prompt>/", "POST"): EDITORS,
    (_ONE + "moderators/", "GET"): EDITORS,
    (_ONE + "moderators/", "POST"): EDITORS,
    (_ONE + "settings/", "GET"): EDITORS,
    (_ONE + "settings/", "POST"): EDITORS,
    (_ONE + "preview/", "GET"): WEBINAR,
    (_ONE + "publish/", "POST"): EDITORS,
    (_ONE + "unpublish/", "POST"): EDITORS,
    (_ONE + "archive/", "POST"): EDITORS,
    (_ONE + "restore/", "POST"): EDITORS,
    (_ONE + "registrations/", "GET"): WEBINAR,
    (_ONE + "waiting/<uuid:waiting_place>/", "POST"): EDITORS,
    (STUDIO + "shifts/", "GET"): MEMBERS,
    (STUDIO + "shifts/kept/", "GET"): MEMBERS,  # only webinars they work on
    (STUDIO + "shifts/kept/<str:what>.csv", "GET"): MEMBERS,
    (STUDIO + "shifts/<int:member>/", "GET"): OWN_OR_MANAGED,
    (STUDIO + "shifts/<int:member>/", "POST"): OWN_OR_MANAGED,
    (_ONE + "load/", "GET"): EDITORS,
    (_ONE + "load/", "POST"): EDITORS,
    (STUDIO + "inbox/", "GET"): MEMBERS,
    (STUDIO + "inbox/status/", "POST"): MEMBERS,
    (STUDIO + "inbox/rows/", "GET"): MEMBERS,  # only rows of webinars they work on
    (STUDIO + "inbox/commands/", "POST"): MEMBERS,  # the frame inside is refused as FRAMES says
    (STUDIO + "inbox/<uuid:conversation>/", "GET"): WEBINAR,
    (STUDIO + "inbox/<uuid:conversation>/events/", "GET"): WEBINAR,
    (STUDIO + "inbox/<uuid:conversation>/versions/<int:seq>/", "GET"): WEBINAR,
    (STUDIO + "inbox/mine/", "GET"): MEMBERS,
    (STUDIO + "inbox/mine/", "POST"): MEMBERS,
    (STUDIO + "inbox/<uuid:conversation>/reply/", "POST"): WEBINAR,
    (STUDIO + "inbox/<uuid:conversation>/files/", "POST"): WEBINAR,
    (STUDIO + "inbox/files/<uuid:file>/", "GET"): WEBINAR,
    (STUDIO + "inbox/files/<uuid:file>/small/", "GET"): WEBINAR,
    (STUDIO + "inbox/<uuid:conversation>/why/", "GET"): WEBINAR,
    (STUDIO + "inbox/<uuid:conversation>/draft/", "GET"): WEBINAR,
    (STUDIO + "inbox/<uuid:conversation>/draft/", "POST"): NOBODY
    | {"guest": LOGIN, "other_guest": LOGIN, "visitor": LOGIN},  # no model here
    (STUDIO + "inbox/<uuid:conversation>/draft/<int:draft>/", "POST"): NOBODY
    | {"guest": LOGIN, "other_guest": LOGIN, "visitor": LOGIN},  # no such draft
    (PLACE + "room/", "GET"): GUEST,
    (PLACE + "ask/", "POST"): GUEST,
    (PLACE + "commands/", "POST"): GUEST,
    (PLACE + "events/", "GET"): GUEST,
    (PLACE + "other/", "POST"): GUEST,
    (PLACE + "files/", "POST"): GUEST,
    (PLACE + "files/<uuid:file>/", "GET"): GUEST,
    (PLACE + "files/<uuid:file>/small/", "GET"): GUEST,
    ("unsubscribe/<str:token>/", "GET"): UNSIGNED,
    ("unsubscribe/<str:token>/", "POST"): UNSIGNED,
    ("outbox/", "GET"): PUBLIC,  # local mode and the loopback only
    ("outbox/<uuid:email>/", "GET"): NOBODY,  # no such mail in this world
    ("outbox/<uuid:email>/html/", "GET"): NOBODY,
    ("outbox/<uuid:email>/calendar.ics", "GET"): NOBODY,
    ("j/", "GET"): PUBLIC,
    ("j/", "POST"): PUBLIC,
    ("j/<str:token>/", "GET"): UNSIGNED,
    ("j/<str:token>/", "POST"): UNSIGNED,
    (PLACE, "GET"): GUEST,
    (PLACE + "enter/", "POST"): GUEST,
    (PLACE + "calendar.ics", "GET"): GUEST,
    (PLACE + "cancel/", "GET"): GUEST,
    (PLACE + "cancel/", "POST"): GUEST,
    (PLACE + "name/", "POST"): GUEST,
    (PLACE + "resend/", "POST"): GUEST,
    (PLACE + "change/", "GET"): GUEST,
    (PLACE + "change/", "POST"): GUEST,
    (PLACE + "replay/", "POST"): GUEST,
    (WAITING, "GET"): GUEST,
    (WAITING + "leave/", "POST"): GUEST,
    (WAITING + "change/", "GET"): GUEST,
    (WAITING + "change/", "POST"): GUEST,
    ("<slug:team>/brand.css", "GET"): PUBLIC,
    ("<slug:team>/<slug:slug>/", "GET"): PUBLIC,
    ("<slug:team>/<slug:slug>/", "POST"): PUBLIC,
    ("<slug:team>/<slug:slug>/picker/", "GET"): PUBLIC,
    ("<slug:team>/<slug:slug>/replay/", "GET"): NOBODY,  # this world's replay is not for everybody
    ("<slug:team>/<slug:slug>/replay/", "POST"): NOBODY,
    ("<slug:team>/<slug:slug>/wish/", "GET"): PUBLIC,
    ("<slug:team>/<slug:slug>/wish/", "POST"): PUBLIC,
    ("<slug:team>/<slug:slug>/poster.webp", "GET"): NOBODY,  # the film of this world has no picture
    ("media/<uuid:registration>/master.m3u8", "GET"): NOT_YET,
    ("media/<uuid:registration>/<int:height>/index.m3u8", "GET"): NOT_YET,
    ("media/<uuid:registration>/<int:height>/<int:number>.ts", "GET"): NOT_YET,
    ("media/<uuid:registration>/captions/<str:language>.vtt", "GET"): NOT_YET,
    ("media/<uuid:registration>/poster.webp", "GET"): NOBODY,
}

# Frames and commands of the two sockets, and the same over HTTP: who may send them.
FRAMES: dict[tuple[str, str], str] = {
    ("room", "hello"): "guest",
    ("room", "message.post"): "guest",
    ("room", "read"): "guest",
    ("room", "delivered"): "guest",
    ("room", "typing"): "guest",
    ("room", "seen"): "guest",
    ("room", "prompt"): "guest",
    ("room", "faq.helped"): "guest",
    ("room", "ping"): "guest",
    ("inbox", "hello"): "member",
    ("inbox", "ping"): "member",
    ("inbox", "conversation.watch"): "moderator of the webinar",
    ("inbox", "conversation.unwatch"): "moderator of the webinar",
    ("inbox", "message.post"): "moderator of the webinar",
    ("inbox", "message.edit"): "moderator of the webinar",  # only their own words
    ("inbox", "message.withdraw"): "moderator of the webinar",
    ("inbox", "message.undo"): "moderator of the webinar",
    ("inbox", "conversation.claim"): "moderator of the webinar",
    ("inbox", "conversation.release"): "moderator of the webinar",
    ("inbox", "conversation.resolve"): "moderator of the webinar",
    ("inbox", "conversation.reopen"): "moderator of the webinar",
    ("inbox", "conversation.seen"): "moderator of the webinar",
    ("inbox", "status.set"): "member",
    ("inbox", "typing"): "moderator of the webinar",
}

# Ticks take no arguments: whoever can publish to the broker can only make them look earlier.
TASKS = {
    "chat.tasks.draft",
    "chat.tasks.tick",
    "notifications.tasks.tick",
    "videos.tasks.tick",
    "webinars.tasks.tick",
}

# Run by the operator in a shell, who may do everything.
COMMANDS = {"demo", "up", "protocol", "sessions", "why"}
