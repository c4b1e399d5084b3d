"""Addresses of the studio's pages that know of the talk, below `studio/<team>/`."""

from django.urls import path

from chat import (
    faq_page,
    file_doors,
    inbox,
    inbox_doors,
    inbox_habits,
    kept_page,
    load_page,
    shift_pages,
    studio,
    why_page,
)

urlpatterns = [
    path("", studio.team_home, name="team_home"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<uuid:conversation>/reply/", inbox.reply, name="conversation_reply"),
    path("inbox/<uuid:conversation>/files/", file_doors.upload_from_team, name="inbox_files"),
    path("inbox/files/<uuid:file>/", file_doors.file_for_team, name="inbox_file"),
    path("inbox/files/<uuid:file>/small/", file_doors.file_for_team, {"size": "s"}, name="inbox_picture"),
    path("inbox/commands/", inbox_doors.command, name="inbox_commands"),
    path("inbox/rows/", inbox_doors.rows, name="inbox_rows"),
    path("inbox/<uuid:conversation>/", inbox_doors.facts, name="conversation_facts"),
    path("inbox/mine/", inbox_habits.habits, name="inbox_habits"),
    path("inbox/<uuid:conversation>/versions/<int:seq>/", inbox_doors.versions, name="conversation_versions"),
    path("inbox/<uuid:conversation>/events/", inbox_doors.events, name="conversation_events"),
    path("inbox/<uuid:conversation>/why/", why_page.why, name="conversation_why"),
    path("inbox/<uuid:conversation>/draft/", inbox_doors.draft, name="conversation_draft"),
    path("inbox/<uuid:conversation>/draft/<int:draft>/", inbox_doors.close_draft, name="close_draft"),
    path("shifts/", shift_pages.shifts, name="shifts"),
    path("shifts/kept/", kept_page.kept, name="hours_kept"),
    path("shifts/kept/<str:what>.csv", kept_page.kept_file, name="hours_kept_file"),
    path("shifts/<int:member>/", shift_pages.shifts_of, name="shifts_of"),
    path("webinars/<uuid:webinar>/load/", load_page.load, name="webinar_load"),
    path("webinars/<uuid:webinar>/chat/", studio.chat, {"part": "chat"}, name="webinar_edit"),
    path("webinars/<uuid:webinar>/faq/", faq_page.faq, {"part": "faq"}, name="webinar_edit"),
    path("webinars/<uuid:webinar>/faq/try/", faq_page.attempt, name="faq_try"),
    path("webinars/<uuid:webinar>/faq/mark/", faq_page.mark, name="faq_mark"),
    path("webinars/<uuid:webinar>/faq/samples/", faq_page.add_samples, name="faq_samples"),
    path("webinars/<uuid:webinar>/faq/entry/", faq_page.add, name="faq_add"),
    path("webinars/<uuid:webinar>/faq/entry/<int:entry>/", faq_page.one, name="faq_entry"),
    path("webinars/<uuid:webinar>/faq/entry/<int:entry>/<str:act>/", faq_page.change, name="faq_act"),
    path("webinars/<uuid:webinar>/script/", studio.script, name="webinar_script"),
]
