/** A line of our own: who wrote it, how far it has got, what it said before, and what its writer can do with it. */
import { useState } from "preact/hooks";
import { gettext, interpolate } from "../shared/i18n";
import type { TeamMessage } from "../shared/protocol";
import { Sent } from "../shared/sent";
import { get } from "./http";
import { Gutter, type LineProps } from "./lines";
import { Face, Icon } from "./parts";
import type { Thread } from "./thread";
import { clockTime } from "./times";
import { Words } from "./words";

interface Version {
  text: string;
  at: string;
  by: string | null;
}

export function OurLine({ inbox, thread, message }: LineProps) {
  const mine = message.user === inbox.data.me.id;
  const name = message.author?.name ?? "";
  return (
    <li class="line" data-seq={message.seq}>
      <Gutter position={message.position} />
      <div class={`bub bub-us bub-acts${message.withdrawn ? " opacity-80" : ""}`}>
        <p class="by">
          <Face name={name} initials={message.author?.initials ?? ""} photo={message.author?.photo} small />
          <b class="font-semibold text-base-content">{mine ? gettext("You") : name}</b>
          <span class="ax">{clockTime(message.at, inbox.data.zone)}</span>
          {message.is_holding && gettext("asks for a moment")}
          {!message.withdrawn && <Progress thread={thread} message={message} />}
        </p>
        <Quote thread={thread} message={message} />
        {message.withdrawn ? (
          <p class="italic muted">{withdrawn(message, mine)}</p>
        ) : (
          message.text && <Words text={message.text} />
        )}
        <Sent files={message.files} base={inbox.data.urls.files} by={name} />
        {(message.edited_at || message.withdrawn) && (
          <History key={String(message.withdrawn)} inbox={inbox} thread={thread} message={message} />
        )}
        {message.held_until !== null && (
          <Leaving inbox={inbox} thread={thread} message={message} mine={mine} />
        )}
        {!message.withdrawn && <Acts thread={thread} message={message} mine={mine} />}
      </div>
    </li>
  );
}

function withdrawn(message: TeamMessage, mine: boolean): string {
  if (message.public_seq === null) return gettext("Taken back before it went out");
  const by = mine ? gettext("You") : (message.author?.name ?? "");
  return interpolate(gettext("%(by)s withdrew this message"), { by });
}

/** Sent, delivered to one of their browsers, read. */
function Progress({ thread, message }: { thread: Thread; message: TeamMessage }) {
  const seq = message.public_seq;
  if (seq === null) return null;
  if (seq <= thread.read.value) {
    return (
      <>
        <span class="icon-[lucide--check-check] size-3.5 done shrink-0" aria-hidden="true" />
        {gettext("read")}
      </>
    );
  }
  const delivered = seq <= thread.delivered.value;
  return (
    <>
      <Icon name={delivered ? "icon-[lucide--check-check]" : "icon-[lucide--check]"} size="size-3.5" />
      {delivered ? gettext("delivered") : gettext("sent")}
    </>
  );
}

/** The seconds until it goes out, and the way back. */
function Leaving({ inbox, thread, message, mine }: Omit<LineProps, "due"> & { mine: boolean }) {
  const left = Math.max(0, Math.ceil((Date.parse(message.held_until ?? "") - inbox.now.value) / 1000));
  const text = left > 0 ? interpolate(gettext("Sending in %(n)s s"), { n: left }) : gettext("Sending now");
  return (
    <p class="mt-1 flex items-center gap-2 text-sm">
      <Icon name="icon-[lucide--clock]" size="size-3.5" />
      <span role="timer">{text}</span>
      {mine && left > 0 && (
        <button
          type="button"
          class="btn btn-xs max-md:min-h-11"
          onClick={() => {
            thread.changes.undo(message);
            document.getElementById("reply")?.focus();
          }}
        >
          {gettext("Undo")} <kbd class="kbd max-md:hidden pointer-coarse:hidden">Z</kbd>
        </button>
      )}
    </p>
  );
}

/** The message that is answered, in short; a press goes there. What was withdrawn shows no words. */
export function Quote({ thread, message }: { thread: Thread; message: TeamMessage }) {
  if (message.reply_to === null) return null;
  const to = thread.changes.find(message.reply_to);
  const text = to && !to.withdrawn ? to.text : gettext("Message withdrawn");
  const jump = () => {
    const line = document.querySelector<HTMLElement>(`[data-seq="${message.reply_to}"]`);
    line?.scrollIntoView({ block: "center" });
    line?.querySelector<HTMLElement>("button")?.focus();
  };
  return (
    <button type="button" class="quote" onClick={jump}>
      <span class="sr-only">{gettext("In reply to:")} </span>
      {to ? text : gettext("an earlier message")}
    </button>
  );
}

/** What it said before: asked for when somebody looks, and nowhere else. */
function History({ inbox, thread, message }: Omit<LineProps, "due">) {
  const [versions, setVersions] = useState<Version[] | null>(null);
  const open = async (event: Event) => {
    if (!(event.currentTarget as HTMLDetailsElement).open) {
      setVersions(null);
      return;
    }
    const address = `${inbox.data.urls.base}${thread.id}/versions/${message.seq}/`;
    const found = await get<{ versions: Version[] }>(address).catch(() => ({ versions: [] }));
    setVersions(found.versions);
  };
  return (
    <details class="mt-1 text-xs muted" onToggle={open}>
      <summary class="w-fit cursor-pointer py-1 underline decoration-dotted">
        {message.withdrawn ? gettext("what it said") : gettext("edited")}
      </summary>
      <ul class="mt-1 flex flex-col gap-1">
        {versions?.map((version) => (
          <li key={version.at}>
            <span class="ax">{clockTime(version.at, inbox.data.zone)}</span>{" "}
            <span class="whitespace-pre-wrap">{version.text}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Answer, edit, withdraw: there when the pointer or the keyboard is. */
export function Acts({ thread, message, mine }: { thread: Thread; message: TeamMessage; mine: boolean }) {
  const { changes } = thread;
  if (message.public_seq === null) return null;
  const acts: [string, string, () => void][] = [
    ["icon-[lucide--reply]", gettext("Reply to this message"), () => changes.answer(message)],
  ];
  if (mine) {
    acts.push(
      ["icon-[lucide--pencil-line]", gettext("Edit"), () => changes.edit(message)],
      [
        "icon-[lucide--undo-2]",
        gettext("Withdraw"),
        () => {
          void thread.loadFacts();
          changes.withdrawing.value = message.seq;
        },
      ],
    );
  }
  return (
    <span class="acts">
      {acts.map(([icon, text, act]) => (
        <button
          key={text}
          type="button"
          class="btn btn-ghost btn-xs btn-square"
          aria-label={text}
          title={text}
          onClick={act}
        >
          <Icon name={icon} size="size-3.5" />
        </button>
      ))}
    </span>
  );
}
