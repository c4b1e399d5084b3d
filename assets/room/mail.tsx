/** The e-mail form: not a chat that nobody reads, but a form that says when the answer comes. */
import { useRef } from "preact/hooks";
import { Beside } from "../shared/beside";
import { Tools } from "../shared/composer-tools";
import { gettext } from "../shared/i18n";
import { replaceIn } from "../shared/shortcode";
import { Left } from "./composer";
import { left, useDraft } from "./draft";
import { Faces } from "./faces";
import { Icon } from "./icon";
import { Answering } from "./quote";
import type { Room } from "./room";

export function MailForm({ room }: { room: Room }) {
  const draft = useDraft(room);
  const over = room.phase.value === "over";
  const expect = over ? null : room.chat.expect.value;
  const rest = left(draft.text);
  const field = useRef<HTMLTextAreaElement>(null);
  const attach = room.chat.mayAttach.value ? room.chat.attach : null;
  const busy = attach?.busy.value ?? false;
  const sent = room.chat.log.lines.value.at(-1)?.kind === "attendee";
  return (
    <div class="border-t border-base-300">
      <div class="p-4 pb-0 flex gap-3 items-start">
        {expect && expect.people.length > 0 ? <Faces people={expect.people} /> : null}
        <div>
          <h3 class="text-base">{gettext("Ask by e‑mail")}</h3>
          <p class="text-sm muted" id="expect">
            {expect ? `${expect.text} ${expect.leaving}` : gettext("We answer by e‑mail.")}
          </p>
        </div>
      </div>
      <form
        class="p-4 grid gap-3"
        action={room.data.urls.room}
        method="post"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) draft.send();
        }}
      >
        <Answering room={room} />
        <div class="field">
          <label for="message">{sent ? gettext("Another question") : gettext("Your question")}</label>
          <textarea
            ref={field}
            class="textarea"
            id="message"
            name="text"
            rows={3}
            value={draft.text}
            lang={room.data.language}
            spellcheck
            aria-describedby={rest === null ? "expect" : "expect left"}
            onInput={(event) => draft.write(replaceIn(event.currentTarget))}
          />
          {rest === null ? null : <Left rest={rest} />}
          <span class="flex mt-1">
            <Tools attach={attach} field={() => field.current} write={draft.write} />
          </span>
          {attach ? <Beside attach={attach} /> : null}
        </div>
        <p class="text-sm muted">{gettext("The answer goes to the address you registered with.")}</p>
        <button class="btn btn-primary" type="submit" disabled={busy || (rest !== null && rest < 0)}>
          <Icon name="icon-[lucide--mail]" size="size-4" />
          {gettext("Send by e‑mail")}
        </button>
      </form>
    </div>
  );
}
