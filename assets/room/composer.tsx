/** Where one writes: Enter sends, Shift and Enter begin a new line; what is typed survives a reload. */
import { gettext, ngettext } from "../shared/i18n";
import { left, useDraft } from "./draft";
import { Icon } from "./icon";
import type { Room } from "./room";

/** `closed`: the words stay to be copied, but cannot be sent. */
export function Composer({ room, closed = false }: { room: Room; closed?: boolean }) {
  const draft = useDraft(room);
  const rest = left(draft.text);
  const tooLong = rest !== null && rest < 0;
  const submit = (event: Event) => {
    event.preventDefault();
    if (!closed) draft.send();
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  };
  return (
    <>
      <form class="composer" action={room.data.urls.room} method="post" onSubmit={submit}>
        <textarea
          rows={1}
          name="text"
          id="message"
          value={draft.text}
          readOnly={closed}
          enterkeyhint="send"
          aria-label={gettext("Your message to the team")}
          aria-describedby={rest === null ? "expect" : "expect left"}
          aria-invalid={tooLong}
          placeholder={gettext("Ask a question")}
          onInput={(event) => {
            draft.write(event.currentTarget.value);
            room.chat.typing();
          }}
          onKeyDown={key}
        />
        <span class="composer-tools">
          <span class="text-xs muted ms-2 only-wide">{gettext("Enter sends")}</span>
        </span>
        <button
          class="btn btn-primary btn-sm"
          type="submit"
          aria-label={gettext("Send")}
          disabled={closed || tooLong}
        >
          <Icon name="icon-[lucide--arrow-up]" size="size-4.5" />
          <span class="only-wide">{gettext("Send")}</span>
        </button>
      </form>
      {rest === null ? null : <Left rest={rest} />}
    </>
  );
}

export function Left({ rest }: { rest: number }) {
  const over = ngettext("%(n)s character too many", "%(n)s characters too many", -rest);
  const under = ngettext("%(n)s character left", "%(n)s characters left", rest);
  return (
    <p
      class={`text-xs num px-4 pb-2 ${rest < 0 ? "text-error font-semibold" : "muted"}`}
      id="left"
      role="status"
    >
      {(rest < 0 ? over : under).replace("%(n)s", String(Math.abs(rest)))}
    </p>
  );
}
