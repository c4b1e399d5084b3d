/** A conversation opened: who it is and whose, the lines, and what to do about it. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { gettext, interpolate } from "../shared/i18n";
import type { Row, TeamMessage } from "../shared/protocol";
import { Banner } from "./banner";
import { Composer } from "./composer";
import { MessageLine, OutlookLine, SilentLine, UnsentLine } from "./lines";
import type { Inbox } from "./store";
import type { Thread } from "./thread";
import { ThreadHead } from "./thread-head";
import { dayKey, dayName } from "./times";
import type { AutomaticLine } from "./types";

export function ThreadView({ inbox, thread }: { inbox: Inbox; thread: Thread }) {
  const row = inbox.row(thread.id) ?? thread.facts.value?.row ?? null;
  const name = row?.person.name ?? "";
  return (
    <section
      class="inbox-thread flex min-h-0 min-w-0 flex-col"
      aria-label={interpolate(gettext("Conversation with %(name)s"), { name })}
    >
      {row && <ThreadHead inbox={inbox} thread={thread} row={row} />}
      <Banner inbox={inbox} />
      {thread.lost.value && !row ? (
        <p class="m-auto p-6 muted">{gettext("This conversation is not here.")}</p>
      ) : (
        <Lines inbox={inbox} thread={thread} row={row} />
      )}
      {row && <Composer inbox={inbox} thread={thread} row={row} />}
    </section>
  );
}

interface Shown {
  key: string;
  day?: string;
  message?: TeamMessage;
  silent?: AutomaticLine;
  fresh?: boolean;
}

const moment = (record: AutomaticLine): number => Date.parse(record.at ?? "");

/** Lines with the days between them, what was not said, and the mark above what is new to the writer. */
function shownLines(inbox: Inbox, thread: Thread): Shown[] {
  const zone = inbox.data.zone;
  const after = thread.held.value?.after ?? null;
  const silent = [...(thread.facts.value?.automatic ?? [])]
    .filter((record) => record.state === "lapsed" && record.kind !== "faq") // that the list had no answer is no news
    .sort((a, b) => moment(a) - moment(b));
  const shown: Shown[] = [];
  let day = "";
  let marked = after === null;
  for (const message of thread.log.lines.value) {
    while (silent[0] && moment(silent[0]) < Date.parse(message.at)) {
      const record = silent.shift();
      if (record) shown.push({ key: `silent ${record.due_at} ${record.kind}`, silent: record });
    }
    const today = dayKey(message.at, zone);
    if (today !== day) shown.push({ key: today, day: dayName(message.at, inbox.now.peek(), zone) });
    day = today;
    if (!marked && message.seq > (after ?? 0)) {
      shown.push({ key: "fresh", fresh: true });
      marked = true;
    }
    shown.push({ key: String(message.seq), message });
  }
  return [
    ...shown,
    ...silent.map((record) => ({ key: `silent ${record.due_at} ${record.kind}`, silent: record })),
  ];
}

function Lines({ inbox, thread, row }: { inbox: Inbox; thread: Thread; row: Row | null }) {
  const box = useRef<HTMLOListElement>(null);
  const atEnd = useRef(true);
  const lines = thread.log.lines.value;
  const unsent = thread.outbox.entries.value;
  const typing = thread.signs.attendee.value;
  useLayoutEffect(() => {
    if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [thread.id, lines.length, unsent.length, typing, thread.facts.value]);
  useEffect(() => {
    const list = box.current;
    if (!list) return;
    // The composer grew or a banner came: the end stays where it was seen.
    const observer = new ResizeObserver(() => {
      if (atEnd.current) list.scrollTop = list.scrollHeight;
    });
    observer.observe(list);
    return () => observer.disconnect();
  }, []);
  const answered = lines.filter((line) => line.kind === "moderator").at(-1)?.seq ?? 0;
  const due = row?.waiting_since
    ? (lines.find((line) => line.kind === "attendee" && line.seq > answered)?.seq ?? 0)
    : 0;
  return (
    <ol
      ref={box}
      tabindex={0}
      aria-label={gettext("Messages")}
      class="flex min-h-0 flex-1 flex-col gap-2 overflow-y-auto overscroll-contain px-4 py-3 max-md:px-3 focus-visible:outline-offset-[-2px]"
      onScroll={(event) => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
        atEnd.current = scrollHeight - scrollTop - clientHeight < 60;
      }}
    >
      <li class="mt-auto" aria-hidden="true" />
      {shownLines(inbox, thread).map((shown) => {
        if (shown.message) {
          const { message } = shown;
          return (
            <MessageLine
              key={shown.key}
              inbox={inbox}
              thread={thread}
              message={message}
              due={message.seq === due}
            />
          );
        }
        if (shown.silent) return <SilentLine key={shown.key} inbox={inbox} record={shown.silent} />;
        return (
          <Divider
            key={shown.key}
            text={shown.day ?? gettext("new since you began to write")}
            amber={!shown.day}
          />
        );
      })}
      {unsent.map((entry) => (
        <UnsentLine key={entry.ref} thread={thread} entry={entry} />
      ))}
      <OutlookLine inbox={inbox} thread={thread} />
      {typing && (
        <li class="line">
          <span class="pos" />
          <p class="evt typing">
            <span aria-hidden="true">
              <i />
              <i />
              <i />
            </span>
            {interpolate(gettext("%(name)s is typing"), { name: row?.person.name ?? "" })}
          </p>
        </li>
      )}
    </ol>
  );
}

function Divider({ text, amber }: { text: string; amber: boolean }) {
  return (
    <li
      class={`flex items-center gap-3 text-xs before:h-px before:flex-1 before:bg-current after:h-px after:flex-1 after:bg-current ${amber ? "amber" : "muted before:opacity-25 after:opacity-25"}`}
    >
      {text}
    </li>
  );
}
