/** The lines of a thread: they left, we right, what came by itself dashed, what happened as one muted line. */
import type { ComponentChildren } from "preact";
import { gettext, interpolate } from "../shared/i18n";
import { filesOf, type Unsent } from "../shared/outbox";
import type { Event, TeamMessage } from "../shared/protocol";
import { Sent } from "../shared/sent";
import { Acts, OurLine, Quote } from "./our-line";
import { Icon } from "./parts";
import type { Inbox } from "./store";
import type { Thread } from "./thread";
import { clockTime, filmTime } from "./times";
import type { AutomaticLine } from "./types";
import { silence, Why } from "./why";
import { Words } from "./words";

export interface LineProps {
  inbox: Inbox;
  thread: Thread;
  message: TeamMessage;
  /** The first line that nobody has answered. */
  due: boolean;
}

/** The gutter says the minute of the film. */
export function Gutter({ position, due = false }: { position: number | null; due?: boolean }) {
  if (position === null) return <span class="pos" />;
  return <span class={`pos${due ? " font-semibold text-error!" : ""}`}>{filmTime(position)}</span>;
}

export function MessageLine(props: LineProps) {
  const { message } = props;
  if (message.kind === "event") return <EventLine {...props} />;
  if (message.kind === "attendee") return <TheirLine {...props} />;
  if (message.kind === "moderator") return <OurLine {...props} />;
  return <AutomaticMessage {...props} />;
}

function TheirLine({ inbox, thread, message, due }: LineProps) {
  const mail = message.via === "email";
  const at = clockTime(message.at, inbox.data.zone);
  return (
    <li class="line" data-seq={message.seq}>
      <Gutter position={message.position} due={due} />
      <div class="bub bub-acts" title={at}>
        <span class="sr-only">{`${message.author?.name ?? ""}, ${at}:`}</span>
        {(mail || message.position === null) && (
          <p class="by">
            {mail && <Icon name="icon-[lucide--mail]" size="size-3.5" />}
            {mail ? interpolate(gettext("by e-mail, %(at)s"), { at }) : at}
          </p>
        )}
        <Quote thread={thread} message={message} />
        {message.text && <Words text={message.text} />}
        <Sent files={message.files} base={inbox.data.urls.files} by={message.author?.name ?? ""} />
        <Acts thread={thread} message={message} mine={false} />
      </div>
    </li>
  );
}

function AutomaticMessage({ inbox, thread, message }: LineProps) {
  const record = thread.facts.value?.automatic.find((line) => line.said && line.seq === message.seq);
  const names: Record<string, string> = {
    welcome: gettext("Welcome"),
    autoresponder: gettext("Autoresponder"),
    prompt: message.reason ?? "",
    faq: gettext("From the list"),
  };
  const what = names[message.kind];
  return (
    <li class="line" data-seq={message.seq}>
      <Gutter position={message.position} />
      <div class="bub bub-auto">
        <Why inbox={inbox} message={message} record={record}>
          <Icon name="icon-[lucide--clock]" size="size-3.5" />
          <b class="font-semibold">{gettext("Automatic")}</b>
          {what} · <span class="ax">{clockTime(message.at, inbox.data.zone)}</span> ·
        </Why>
        {message.faq && <p class="font-semibold">{message.faq.question}</p>}
        <Words text={message.text} />
      </div>
    </li>
  );
}

const EVENTS: Record<Event["what"], [string, () => string, () => string]> = {
  claimed: ["icon-[lucide--user-check]", () => gettext("%(by)s claimed it"), () => gettext("Claimed")],
  released: ["icon-[lucide--user-minus]", () => gettext("%(by)s gave it back"), () => gettext("Given back")],
  resolved: ["icon-[lucide--check]", () => gettext("%(by)s resolved it"), () => gettext("Resolved")],
  reopened: [
    "icon-[lucide--rotate-ccw]",
    () => gettext("%(by)s opened it again"),
    () => gettext("Opened again"),
  ],
  owed: [
    "icon-[lucide--hourglass]",
    () => gettext("An answer is owed from here on"),
    () => gettext("An answer is owed from here on"),
  ],
  promised: [
    "icon-[lucide--hourglass]",
    () => gettext("%(by)s promised to look"),
    () => gettext("Promised to look"),
  ],
  nudge: [
    "icon-[lucide--bell-ring]",
    () => gettext("Seen, and not answered yet"),
    () => gettext("Seen, and not answered yet"),
  ],
  overdue: [
    "icon-[lucide--alarm-clock]",
    () => gettext("The answer that is owed is overdue"),
    () => gettext("The answer that is owed is overdue"),
  ],
  overflowed: [
    "icon-[lucide--mail]",
    () => gettext("Waited too long in the chat: by e‑mail from here on"),
    () => gettext("Waited too long in the chat: by e‑mail from here on"),
  ],
  settled: [
    "icon-[lucide--check-check]",
    () => gettext("What was owed is settled"),
    () => gettext("What was owed is settled"),
  ],
  faq_helped: [
    "icon-[lucide--thumbs-up]",
    () => gettext("The answer from the list helped"),
    () => gettext("The answer from the list helped"),
  ],
  faq_human: [
    "icon-[lucide--hand]",
    () => gettext("The answer from the list did not help: they ask for a human"),
    () => gettext("The answer from the list did not help: they ask for a human"),
  ],
};

function EventLine({ inbox, message }: LineProps) {
  const event = message.event;
  if (!event) return null;
  const [icon, named, unnamed] = EVENTS[event.what];
  const by = message.user === inbox.data.me.id ? gettext("You") : event.by;
  const text = by ? interpolate(named(), { by }) : unnamed();
  return (
    <Happened icon={icon} seq={message.seq}>
      {text} · <span class="ax">{clockTime(message.at, inbox.data.zone)}</span>
    </Happened>
  );
}

function Happened({ icon, seq, children }: { icon: string; seq?: number; children: ComponentChildren }) {
  return (
    <li class="line" data-seq={seq}>
      <span class="pos" />
      <p class="evt items-start!">
        <span class={`${icon} size-3.5 mt-1 shrink-0`} aria-hidden="true" />
        <span>{children}</span>
      </p>
    </li>
  );
}

/** What was due and was not said, with the reason. */
export function SilentLine({ inbox, record }: { inbox: Inbox; record: AutomaticLine }) {
  return (
    <Happened icon="icon-[lucide--volume-x]">
      {silence(record.name, record.why)} ·{" "}
      <span class="ax">{clockTime(record.due_at ?? "", inbox.data.zone)}</span>
    </Happened>
  );
}

/** What the autoresponder will do about the open question, or why nothing. */
export function OutlookLine({ inbox, thread }: { inbox: Inbox; thread: Thread }) {
  const facts = thread.facts.value;
  const outlook = facts?.outlook;
  const waits = inbox.row(thread.id)?.waiting_since;
  if (!outlook || !waits || outlook.reason === "dealt_with") return null;
  if (outlook.due_at === null) {
    return (
      <Happened icon="icon-[lucide--volume-x]">{silence(gettext("Autoresponder"), outlook.why)}</Happened>
    );
  }
  if (Date.parse(outlook.due_at) < inbox.now.value) return null;
  const at = clockTime(outlook.due_at, inbox.data.zone);
  return (
    <Happened icon="icon-[lucide--clock]">
      {interpolate(gettext("Autoresponder at %(at)s, unless somebody answers"), { at })}
    </Happened>
  );
}

/** A line that has not arrived, with what becomes of it. */
export function UnsentLine({ thread, entry }: { thread: Thread; entry: Unsent }) {
  const states: Record<Unsent["state"], [string, string]> = {
    sending: ["icon-[lucide--ellipsis]", gettext("sending")],
    sent: ["icon-[lucide--check]", gettext("sent")],
    waiting: ["icon-[lucide--cloud-off]", gettext("Not sent yet, goes out when the line is back")],
    failed: ["icon-[lucide--circle-alert]", entry.reason || gettext("Not sent")],
  };
  const [icon, text] = states[entry.state];
  const failed = entry.state === "failed";
  return (
    <li class="line" data-unsent={entry.state}>
      <span class="pos" />
      <div class="bub bub-us">
        <p class={`by${failed ? " harm" : ""}`}>
          <Icon name={icon} size="size-3.5" />
          {text}
        </p>
        {entry.text && <Words text={entry.text} />}
        <Sent files={filesOf(entry)} base={thread.attach.base} by={gettext("You")} />
        {failed && (
          <p class="mt-1 flex flex-wrap gap-1">
            <button type="button" class="btn btn-xs" onClick={() => thread.outbox.retry(entry.ref)}>
              {gettext("Send again")}
            </button>
            <button type="button" class="btn btn-ghost btn-xs" onClick={() => thread.takeBack(entry.ref)}>
              {gettext("Take back")}
            </button>
          </p>
        )}
      </div>
    </li>
  );
}
