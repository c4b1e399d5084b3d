/** Where moderators write: nothing is lost, the name stands on the button, others who write are announced. */
import { useRef } from "preact/hooks";
import { filesOf } from "../shared/attach";
import { Beside } from "../shared/beside";
import { Tools } from "../shared/composer-tools";
import { gettext, interpolate } from "../shared/i18n";
import type { Row } from "../shared/protocol";
import { LONGEST_TEXT } from "../shared/protocol";
import { replaceIn } from "../shared/shortcode";
import { Icon, Key } from "./parts";
import type { Inbox } from "./store";
import type { Thread } from "./thread";

interface Props {
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
      <div class="tile overflow-hidden border-[var(--field)]! bg-base-100 focus-within:border-primary!">
        <Above {...props} />
        <Field {...props} />
      </div>
    </div>
  );
}

/** What has to be decided first: an open question, or somebody else's claim. */
function Asked({ inbox, thread, row }: Props) {
  const asking = thread.asking.value;
  const close = () => {
    thread.asking.value = null;
  };
  if (asking === "resolve") {
    const text = gettext("%(name)s still waits for an answer.");
    return (
      <div class="tile mb-1.5 p-3" role="alert">
        <p>
          <b class="font-semibold">{interpolate(text, { name: row.person.name })}</b>{" "}
          <span class="muted">{gettext("Resolve without one only when none is needed.")}</span>
        </p>
        <p class="mt-3 flex flex-wrap gap-2">
          <button type="button" class="btn btn-primary btn-sm" onClick={() => void thread.resolve(true)}>
            {gettext("No reply needed, resolve")}
          </button>
          <button type="button" class="btn btn-sm" onClick={close}>
            {gettext("Keep it open")}
          </button>
        </p>
      </div>
    );
  }
  if (asking !== "taken") return null;
  const next = inbox.next();
  return (
    <div class="tile mb-1.5 p-3" role="alert">
      <p>
        <b class="font-semibold">
          {interpolate(gettext("%(name)s has it."), { name: row.owner?.name ?? gettext("Somebody else") })}
        </b>{" "}
        <span class="muted">{gettext("You can watch, write all the same, or take the next one.")}</span>
      </p>
      <p class="mt-3 flex flex-wrap gap-2">
        {next && (
          <a class="btn btn-primary btn-sm" href={`#${next.id}`}>
            {interpolate(gettext("Next waiting: %(name)s"), { name: next.person.name })}
            <Key>N</Key>
          </a>
        )}
        <button type="button" class="btn btn-sm" onClick={close}>
          {gettext("Stay here")}
        </button>
      </p>
    </div>
  );
}

/** Collision, a reply held back, and how the answer travels. */
function Above({ thread, row }: Props) {
  const held = thread.held.value;
  const writer = thread.teamTyping.value;
  const bar = "flex items-start gap-2 border-b border-base-300 bg-[var(--amber-wash)] px-3 py-1.5 text-sm";
  return (
    <>
      <div role="status">
        {held && (
          <p class={bar}>
            <Icon name="icon-[lucide--hand] mt-0.5" />
            <span>
              <b class="font-semibold">{gettext("Not sent.")}</b>{" "}
              {held.name
                ? interpolate(gettext("%(name)s answered before you. Your text is kept."), {
                    name: held.name,
                  })
                : gettext("Somebody answered before you. Your text is kept.")}
            </span>
          </p>
        )}
        {!held && writer && (
          <p class={`${bar} items-center!`}>
            <Icon name="icon-[lucide--pencil-line]" />
            <span>{interpolate(gettext("%(name)s is writing here too"), { name: writer })}</span>
            <a class="btn btn-ghost btn-xs ms-auto" href="#list">
              {interpolate(gettext("Leave it to %(name)s"), { name: writer })}
            </a>
          </p>
        )}
      </div>
      {row.by_email && row.waiting_since && (
        <p class="flex items-center gap-2 border-b border-base-300 px-3 py-1.5 text-sm muted">
          <Icon name="icon-[lucide--mail]" />
          {gettext("They wrote in the e-mail form: your answer goes to them by e-mail.")}
        </p>
      )}
    </>
  );
}

function Field({ inbox, thread, row }: Props) {
  const menu = useRef<HTMLDetailsElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const { attach } = thread;
  const text = thread.draft.value;
  const length = [...text.trim()].length;
  const tooLong = length > LONGEST_TEXT;
  const nothing = length === 0 && attach.files.value.length === 0;
  const empty = nothing || tooLong || attach.busy.value;
  const name = row.person.name;
  const send = (resolve: boolean) => {
    menu.current?.removeAttribute("open");
    if (!empty) thread.send({ resolve, anyway: thread.held.value !== null });
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
        {interpolate(gettext("Reply to %(name)s"), { name })}
      </label>
      <textarea
        ref={field}
        id="reply"
        rows={2}
        class="block max-h-[40dvh] w-full resize-none bg-transparent px-3 pt-2.5 outline-none [field-sizing:content] max-md:text-base"
        value={text}
        aria-invalid={tooLong || undefined}
        aria-describedby={tooLong ? "reply-wrong" : undefined}
        onInput={(event) => thread.write(replaceIn(event.currentTarget))}
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
      <div class="flex items-center gap-1 px-2 pt-1 pb-2">
        <Tools attach={attach} field={() => field.current} write={(words) => thread.write(words)} />
        <span class="ps-1 text-xs muted" role="status">
          {text && !tooLong ? gettext("Draft saved") : ""}
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
          <details class="menu-box menu-up join-item border-0!" ref={menu}>
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
  if (thread.held.value) return gettext("Send anyway");
  if (inbox.line.state.value === "waiting" && inbox.line.since.value > 0) return gettext("Send when back");
  return interpolate(gettext("Send to %(name)s"), { name });
}
