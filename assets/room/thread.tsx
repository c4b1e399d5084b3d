/** The thread: people have a face and a bubble, the attendee a wash at the right, what is automatic neither. */
import { useEffect } from "preact/hooks";
import { gettext, interpolate } from "../shared/i18n";
import { filesOf, type Unsent } from "../shared/outbox";
import { initials, tint } from "../shared/people";
import type { PublicMessage } from "../shared/protocol";
import { Sent } from "../shared/sent";
import { Face, Faces, names } from "./faces";
import { Icon } from "./icon";
import { Helped } from "./parts";
import { Quote, ReplyTo } from "./quote";
import type { Room } from "./room";
import { rowsOf } from "./rows";
import { Text } from "./text";
import { clockTime, dayName } from "./times";

export function Thread({ room }: { room: Room }) {
  const { chat, data } = room;
  const zone = data.zone.name;
  const lines = chat.log.lines.value;
  const rows = rowsOf(lines, chat.outbox.entries.value, (at) => dayName(at, zone), room.clock.now());
  useEffect(() => {
    const read = () => chat.marks.markRead();
    read();
    addEventListener("focus", read);
    document.addEventListener("visibilitychange", read);
    return () => {
      removeEventListener("focus", read);
      document.removeEventListener("visibilitychange", read);
    };
  }, [chat, lines, chat.line.state.value]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div class="thread" role="log" aria-label={gettext("Conversation with the team")} tabIndex={0}>
      <div class="thread-in">
        {rows.length === 0 ? <Empty room={room} /> : null}
        {rows.map((row) => {
          if (row.type === "day") {
            return (
              <p class="day" key={row.key}>
                {dayName(row.at, zone)}
              </p>
            );
          }
          if (row.type === "unsent") return <Own key={row.key} room={room} unsent={row.unsent} />;
          if (row.message.kind === "attendee") return <Own key={row.key} room={room} message={row.message} />;
          return <Said key={row.key} message={row.message} together={row.together} room={room} />;
        })}
        <Writing name={chat.writing.value} />
      </div>
    </div>
  );
}

function Empty({ room }: { room: Room }) {
  const people = room.chat.expect.value?.people ?? [];
  const early = room.phase.value === "early";
  const mode = room.chat.mode.value;
  if (mode === "off" || mode === "other")
    return <p class="m-auto muted text-sm">{gettext("Nothing was said here.")}</p>;
  return (
    <div class="m-auto text-center max-w-64">
      {people.length > 0 ? (
        <p class="flex justify-center">
          <Faces people={people} size="face-lg" />
        </p>
      ) : null}
      <p class="font-semibold mt-3">
        {early ? gettext("Already have a question?") : gettext("Do you have a question?")}
      </p>
      <p class="text-sm muted mt-1">
        {people.length > 0
          ? interpolate(gettext("Write it here. %(names)s will read it."), { names: names(people) })
          : gettext("Write it here. The team will read it.")}
      </p>
    </div>
  );
}

/** One's own words stay one element from the press of Enter to the last mark: what is drawn anew is read out anew. */
function Own({ room, unsent, message }: { room: Room; unsent?: Unsent; message?: PublicMessage }) {
  const text = unsent?.text ?? message?.text;
  const files = unsent ? filesOf(unsent) : (message?.files ?? []);
  return (
    <article
      class={`msg msg-mine ${unsent?.state === "failed" ? "msg-bad" : ""}`}
      data-seq={message?.seq}
      tabIndex={message ? -1 : undefined}
    >
      {message ? <Quote room={room} seq={message.reply_to} /> : null}
      {text ? <Text text={text} /> : null}
      <Sent files={files} base={room.data.urls.files} by={gettext("You")} />
      {message ? <ReplyTo room={room} message={message} /> : null}
      {unsent ? <OnItsWay room={room} unsent={unsent} /> : null}
      {message ? (
        <p class="msg-state">
          <time dateTime={message.at}>{clockTime(message.at, room.data.zone.name)}</time> ·{" "}
          {isSeen(room, message) ? gettext("Seen") : gettext("Delivered")}
        </p>
      ) : null}
    </article>
  );
}

function Said({ message, together, room }: { message: PublicMessage; together: boolean; room: Room }) {
  const zone = room.data.zone.name;
  const base = room.data.urls.files;
  const time = <time dateTime={message.at}>{clockTime(message.at, zone)}</time>;
  const quote = <Quote room={room} seq={message.reply_to} />;
  const reply = <ReplyTo room={room} message={message} />;
  if (message.automatic) {
    return (
      <article class="msg msg-auto" data-seq={message.seq} tabIndex={-1}>
        <p class="msg-by">
          <Icon name="icon-[lucide--clock] self-center" size="size-3.5" />
          <b>{gettext("Automatic")}</b>
          <span>{message.reason}</span>
          <span class="ms-auto">{time}</span>
        </p>
        {message.faq ? <FromList room={room} message={message} /> : <Text text={message.text} />}
      </article>
    );
  }
  return (
    <article class={`msg ${together ? "msg-together" : ""}`} data-seq={message.seq} tabIndex={-1}>
      {message.author && !together ? <Face person={message.author} /> : null}
      {together ? null : (
        <p class="msg-by">
          <b>{message.author?.name}</b> {time}
        </p>
      )}
      {quote}
      {message.withdrawn ? <p class="msg-text italic muted">{gettext("Message withdrawn")}</p> : null}
      {message.text ? <Text text={message.text} /> : null}
      <Sent files={message.files} base={base} by={message.author?.name ?? ""} />
      {message.edited_at && !message.withdrawn ? <p class="msg-state">{gettext("edited")}</p> : null}
      {reply}
    </article>
  );
}

/** An answer of the host's list, under the question that it answers. */
function FromList({ room, message }: { room: Room; message: PublicMessage }) {
  return (
    <div class="msg-text">
      <p class="font-semibold text-base-content">{message.faq?.question}</p>
      <Text text={message.text} bare />
      <Helped room={room} message={message} />
    </div>
  );
}

/** Under the last of one's own words that the team has read, where the host shows it. */
function isSeen({ chat }: Room, message: PublicMessage): boolean {
  const seen = chat.marks.seen.value;
  if (seen === null || message.seq > seen) return false;
  return !chat.log.lines.value.some(
    (line) => line.kind === "attendee" && line.seq > message.seq && line.seq <= seen,
  );
}

function OnItsWay({ room, unsent }: { room: Room; unsent: Unsent }) {
  const { outbox, line } = room.chat;
  if (unsent.state !== "failed") {
    return <State unsent={unsent} online={line.state.value === "open"} now={room.now.value} room={room} />;
  }
  return (
    <p class="msg-state text-base-content" role="alert">
      <Icon name="icon-[lucide--circle-alert] text-error" size="size-3.5" />
      {gettext("Not sent.")} {unsent.reason}{" "}
      <button class="link cursor-pointer py-1" type="button" onClick={() => outbox.retry(unsent.ref)}>
        {gettext("Send again")}
      </button>
    </p>
  );
}

/** Nothing in the first second, then a clock; when the line is away, that it goes out by itself. */
function State({ unsent, online, now, room }: { unsent: Unsent; online: boolean; now: number; room: Room }) {
  if (unsent.state === "sent") {
    return (
      <p class="msg-state">
        <time>{clockTime(now, room.data.zone.name)}</time> · {gettext("Delivered")}
      </p>
    );
  }
  const waiting = unsent.state === "waiting" || !online;
  if (!waiting && Date.now() - unsent.at < 1_000) return <p class="msg-state">&nbsp;</p>;
  return (
    <p class="msg-state">
      <Icon name="icon-[lucide--clock]" size="size-3.5" />
      {waiting ? gettext("Goes out when you are back") : gettext("Sending")}
    </p>
  );
}

function Writing({ name }: { name: string }) {
  if (!name) return null;
  const person = { name, initials: initials(name), tint: tint(name), photo: null };
  return (
    <div class="msg" role="status">
      <Face person={person} />
      <p class="msg-by">{interpolate(gettext("%(name)s is writing"), { name })}</p>
      <p class="msg-text">
        <span class="dots" aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
      </p>
    </div>
  );
}
