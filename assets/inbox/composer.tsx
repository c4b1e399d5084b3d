/** Where moderators write: nothing is lost, the name stands on the button, others who write are announced. */
import { useRef } from "preact/hooks";
import { filesOf } from "../shared/attach";
import { Beside } from "../shared/beside";
import { Tools } from "../shared/composer-tools";
import { gettext, interpolate } from "../shared/i18n";
import type { Row } from "../shared/protocol";
import { LONGEST_TEXT } from "../shared/protocol";
import { replaceIn } from "../shared/shortcode";
import { Above, Asked } from "./composer-above";
import { Nearest } from "./nearest";
import { Icon, Key } from "./parts";
import type { Inbox } from "./store";
import { SuggestionBar } from "./suggestion";
import type { Thread } from "./thread";

export interface Props {
  inbox: Inbox;
  thread: Thread;
  row: Row;
}

export function Composer(props: Props) {
  const { thread } = props;
  return (
    <div class="inbox-composer shrink-0 px-4 pb-3 max-md:px-2 max-md:pb-2">
      <Asked {...props} />
      <div role="alert">
        {thread.problem.value && (
          <p class="note note-harm mb-1.5 text-sm">
            <Icon name="icon-[lucide--circle-alert]" />
            <span>{thread.problem.value}</span>
          </p>
        )}
      </div>
      <div class="tile [&>:first-child]:rounded-t-[inherit] border-[var(--field)]! bg-base-100 focus-within:border-primary!">
        <Above {...props} />
        <Nearest {...props} />
        <SuggestionBar key={thread.id} {...props} />
        <Field {...props} />
      </div>
    </div>
  );
}

function Field({ inbox, thread, row }: Props) {
  const menu = useRef<HTMLDetailsElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const { attach } = thread;
  const editing = thread.changes.editing.value;
  const text = editing ? editing.text : thread.draft.value;
  const length = [...text.trim()].length;
  const tooLong = length > LONGEST_TEXT;
  const nothing = length === 0 && attach.files.value.length === 0;
  const empty = nothing || tooLong || attach.busy.value;
  const name = row.person.name;
  const send = (resolve: boolean) => {
    menu.current?.removeAttribute("open");
    if (editing) void thread.changes.save();
    else if (!empty) thread.send({ resolve, anyway: thread.held.value !== null });
    document.getElementById("reply")?.focus();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send(false);
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        const files = filesOf(event.dataTransfer);
        if (files.length === 0) return;
        event.preventDefault();
        void attach.add(files);
      }}
    >
      <Beside attach={attach} />
      <label class="sr-only" for="reply">
        {editing ? gettext("Your message, changed") : interpolate(gettext("Reply to %(name)s"), { name })}
      </label>
      <textarea
        ref={field}
        id="reply"
        rows={2}
        class="block max-h-[40dvh] w-full resize-none bg-transparent px-3 pt-2.5 outline-none [field-sizing:content] max-md:text-base"
        value={text}
        aria-invalid={tooLong || undefined}
        aria-describedby={tooLong ? "reply-wrong" : undefined}
        lang={thread.facts.value?.language}
        spellcheck
        onInput={(event) => {
          const words = replaceIn(event.currentTarget);
          if (editing) thread.changes.write(words);
          else thread.write(words);
        }}
        onPaste={(event) => {
          const files = filesOf(event.clipboardData);
          // Words from an office program bring a picture of themselves along.
          if (files.length === 0 || event.clipboardData?.types.includes("text/plain")) return;
          event.preventDefault();
          void attach.add(files);
        }}
      />
      {tooLong && (
        <p id="reply-wrong" class="px-3 text-sm harm">
          {interpolate(gettext("At most %(most)s characters; this has %(length)s."), {
            most: LONGEST_TEXT,
            length,
          })}
        </p>
      )}
      <div class="flex flex-wrap items-center gap-1 px-2 pt-1 pb-2">
        <Tools attach={attach} field={() => field.current} write={(words) => thread.write(words)} />
        {!editing && (
          <button
            type="button"
            class="btn btn-ghost btn-sm px-2 max-md:min-h-11 max-md:min-w-11"
            aria-label={gettext("Ask for a moment")}
            title={gettext("Ask for a moment")}
            aria-expanded={thread.asking.value === "moment"}
            onClick={() => {
              thread.asking.value = thread.asking.peek() === "moment" ? null : "moment";
            }}
          >
            <Icon name="icon-[lucide--hourglass]" />
          </button>
        )}
        <span class="ps-1 text-xs muted" role="status">
          {text && !tooLong && !editing ? gettext("Draft saved") : ""}
        </span>
        <div class="join ms-auto min-w-0">
          <button
            class="btn btn-primary btn-sm join-item min-w-0 px-3 max-md:min-h-11"
            type="submit"
            aria-disabled={empty}
          >
            <span class="truncate">{sendName(inbox, thread, name)}</span>
            <Key>Ctrl ↵</Key>
          </button>
          <details class={`menu-box menu-up join-item border-0!${editing ? " hidden" : ""}`} ref={menu}>
            <summary
              class="btn btn-primary btn-sm rounded-s-none px-1.5 max-md:min-h-11 max-md:min-w-11 border-s-[color-mix(in_oklab,var(--color-primary-content)_35%,transparent)]!"
              aria-label={gettext("More ways to send")}
            >
              <Icon name="icon-[lucide--chevron-up]" />
            </summary>
            <div>
              <button type="button" class="item min-h-11!" disabled={empty} onClick={() => send(true)}>
                <Icon name="icon-[lucide--check]" />
                {gettext("Send and resolve")}
              </button>
            </div>
          </details>
        </div>
      </div>
    </form>
  );
}

function sendName(inbox: Inbox, thread: Thread, name: string): string {
  if (thread.changes.editing.value) return gettext("Save the change");
  if (thread.held.value) return gettext("Send anyway");
  if (inbox.line.state.value === "waiting" && inbox.line.since.value > 0) return gettext("Send when back");
  return interpolate(gettext("Send to %(name)s"), { name });
}
