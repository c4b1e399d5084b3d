/** Where one writes: Enter sends, Shift and Enter begin a new line; what is typed survives a reload. */
import { useRef } from "preact/hooks";
import { filesOf } from "../shared/attach";
import { Beside } from "../shared/beside";
import { Tools } from "../shared/composer-tools";
import { gettext, ngettext } from "../shared/i18n";
import { replaceIn } from "../shared/shortcode";
import { left, useDraft } from "./draft";
import { Icon } from "./icon";
import { Answering } from "./quote";
import type { Room } from "./room";

/** `closed`: the words stay to be copied, but cannot be sent. */
export function Composer({ room, closed = false }: { room: Room; closed?: boolean }) {
  const draft = useDraft(room);
  const rest = left(draft.text);
  const tooLong = rest !== null && rest < 0;
  const field = useRef<HTMLTextAreaElement>(null);
  const attach = room.chat.mayAttach.value && !closed ? room.chat.attach : null;
  const busy = attach?.busy.value ?? false;
  const submit = (event: Event) => {
    event.preventDefault();
    if (!closed && !busy) draft.send();
  };
  const drop = (event: DragEvent) => {
    const files = filesOf(event.dataTransfer);
    if (!attach || files.length === 0) return;
    event.preventDefault();
    void attach.add(files);
  };
  const paste = (event: ClipboardEvent) => {
    const files = filesOf(event.clipboardData);
    // Words from an office program bring a picture of themselves along.
    if (!attach || files.length === 0 || event.clipboardData?.types.includes("text/plain")) return;
    event.preventDefault();
    void attach.add(files);
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "Escape") room.chat.answering.value = null;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  };
  return (
    <>
      <Answering room={room} />
      {attach ? <Beside attach={attach} /> : null}
      <form
        class="composer"
        action={room.data.urls.room}
        method="post"
        onSubmit={submit}
        onDragOver={(event) => attach && event.preventDefault()}
        onDrop={drop}
      >
        <textarea
          ref={field}
          rows={1}
          name="text"
          id="message"
          value={draft.text}
          readOnly={closed}
          lang={room.data.language}
          spellcheck
          enterkeyhint="send"
          aria-label={gettext("Your message to the team")}
          aria-describedby={rest === null ? "expect" : "expect left"}
          aria-invalid={tooLong}
          placeholder={gettext("Ask a question")}
          onInput={(event) => {
            draft.write(replaceIn(event.currentTarget));
            room.chat.typing();
          }}
          onKeyDown={key}
          onPaste={paste}
        />
        <span class="composer-tools">
          {closed ? null : <Tools attach={attach} field={() => field.current} write={draft.write} />}
          <span class="text-xs muted ms-2 only-wide">{gettext("Enter sends")}</span>
        </span>
        <button
          class="btn btn-primary btn-sm"
          type="submit"
          aria-label={gettext("Send")}
          disabled={closed || tooLong || busy}
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
