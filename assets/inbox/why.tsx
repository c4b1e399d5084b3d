/** Why an automatic message came, opened in place; why one did not, in a sentence. */
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { gettext, interpolate } from "../shared/i18n";
import type { TeamMessage } from "../shared/protocol";
import type { Inbox } from "./store";
import { clockSeconds, clockTime, dayKey, moment, zoneName } from "./times";
import type { AutomaticLine, Facts } from "./types";

/** That something stays silent, and why; the reasons are the server's. */
export function silence(what: string, why: string): string {
  return interpolate(gettext("%(what)s stays silent: %(why)s"), { what, why });
}

function kept(inbox: Inbox, promised: NonNullable<AutomaticLine["promised"]>): [string, string] {
  const { now, data } = inbox;
  const due = interpolate(gettext("a reply by %(at)s"), {
    at: moment(promised.due_at, now.value, data.zone),
  });
  if (promised.settled_at === null) {
    const late = now.value > Date.parse(promised.due_at);
    return late ? [`${due}, ${gettext("overdue")}`, "harm"] : [`${due}, ${gettext("still open")}`, ""];
  }
  const at = moment(promised.settled_at, now.value, data.zone);
  const text = promised.settled_by === "answer" ? gettext("kept at %(at)s") : gettext("let go of at %(at)s");
  return [`${due}, ${interpolate(text, { at })}`, promised.settled_by === "answer" ? "done" : ""];
}

/** The line above an automatic message, with *why?*: rule, what was waited for, due, sent, promise. */
export function Why(props: {
  inbox: Inbox;
  message: TeamMessage;
  record: AutomaticLine | undefined;
  children: ComponentChildren;
}) {
  const { inbox, message, record } = props;
  const open = useMemo(() => signal(false), []);
  const id = `why-${message.seq}`;
  return (
    <>
      <p class="by">
        {props.children}
        {record && (
          <button
            type="button"
            class="cursor-pointer underline decoration-dotted underline-offset-3 pointer-coarse:py-3"
            aria-expanded={open.value}
            aria-controls={id}
            onClick={() => {
              open.value = !open.value;
            }}
          >
            {gettext("why?")}
          </button>
        )}
      </p>
      {record && open.value && <Reasons id={id} inbox={inbox} record={record} />}
    </>
  );
}

function Reasons({ id, inbox, record }: { id: string; inbox: Inbox; record: AutomaticLine }) {
  const { zone } = inbox.data;
  const promise = record.promised ? kept(inbox, record.promised) : null;
  return (
    <dl id={id} class="facts my-2 border-y border-base-300 py-2 text-xs! grid-cols-[4.5rem_1fr]! gap-y-0.5!">
      <dt>{gettext("Rule")}</dt>
      <dd>{record.rule}</dd>
      <dt>{gettext("Due · sent")}</dt>
      <dd class="ax">
        {clockSeconds(record.due_at ?? "", zone)} · {clockSeconds(record.at ?? "", zone)}{" "}
        {zoneName(Date.parse(record.at ?? ""), zone)}
      </dd>
      {promise && <dt>{gettext("Promised")}</dt>}
      {promise && <dd class={promise[1]}>{promise[0]}</dd>}
    </dl>
  );
}

const ICONS: Record<AutomaticLine["state"], string> = {
  said: "icon-[lucide--check]",
  lapsed: "icon-[lucide--volume-x]",
  silent: "icon-[lucide--volume-x]",
  coming: "icon-[lucide--clock]",
};

/** All that came by itself in a conversation, all that did not, and what is to come; the latest first. */
export function Automation({ inbox, facts }: { inbox: Inbox; facts: Facts }) {
  if (facts.automatic.length === 0) return null;
  return (
    <section>
      <hr class="rule my-3" />
      <h3 class="over mb-1.5">{gettext("Automation")}</h3>
      <ul class="grid gap-1.5">
        {facts.automatic
          .slice(-SHOWN)
          .reverse()
          .map((line) => (
            <li key={`${line.kind} ${line.since} ${line.question}`} class="grid grid-cols-[1.25rem_1fr]">
              <span class={`${ICONS[line.state]} mt-1 size-3.5 muted`} aria-hidden="true" />
              <span class="[overflow-wrap:anywhere]">
                {line.name} <span class="ax muted">{when(inbox, line)}</span>
                <span class="block text-xs muted">
                  {line.said || line.state === "coming" ? line.rule : line.why}
                </span>
              </span>
            </li>
          ))}
      </ul>
      <p class="mt-1.5 text-xs">
        <a class="link" href={`${inbox.data.urls.base}${facts.conversation}/why/`}>
          {gettext("All of it, with rules and times")}
        </a>
      </p>
    </section>
  );
}

const SHOWN = 6;

function when(inbox: Inbox, line: AutomaticLine): string {
  const { zone } = inbox.data;
  const now = inbox.now.value;
  if (line.said && line.at) return moment(line.at, now, zone);
  if (line.state === "coming" && line.due_at) {
    const day = dayKey(line.due_at, zone) === dayKey(now, zone);
    const at = day ? clockTime(line.due_at, zone) : moment(line.due_at, now, zone);
    return interpolate(gettext("comes at %(at)s"), { at });
  }
  return gettext("not said");
}
