/** Why an automatic message came, opened in place; why one did not, in a sentence. */
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { gettext, interpolate } from "../shared/i18n";
import type { TeamMessage } from "../shared/protocol";
import type { Inbox } from "./store";
import { clockSeconds, moment, span, zoneName } from "./times";
import type { AutomaticLine } from "./types";

/** A sentence for each reason of silence that `chat/rules.py` knows. */
export function silence(kind: string, reason: string): string {
  const what = kind === "welcome" ? gettext("Welcome") : gettext("Autoresponder");
  const reasons: Record<string, string> = {
    dealt_with: gettext("dealt with already in this session"),
    team_wrote: gettext("the team wrote first"),
    nobody_waits: gettext("somebody had answered"),
    held: gettext("they were asked for a moment"),
    helped: gettext("the answer found for them helped"),
    being_answered: gettext("somebody is answering"),
    late: gettext("the question came after the session, so an answer is owed"),
    once_a_wait: gettext("already sent for this question"),
    once_a_session: gettext("already sent once in this session"),
    after_exit: gettext("the session is over"),
    switched_off: gettext("it is switched off"),
    not_chat: gettext("the chat was not open"),
    no_text: gettext("it has no text"),
  };
  return interpolate(gettext("%(what)s stays silent: %(why)s"), { what, why: reasons[reason] ?? reason });
}

function rule(record: AutomaticLine): string {
  const time = span(record.waited);
  if (record.kind === "faq")
    return gettext("their question is near one of your list, and nobody had written");
  return record.kind === "welcome"
    ? interpolate(gettext("%(time)s after they came in"), { time })
    : interpolate(gettext("%(time)s without an answer, in chat hours"), { time });
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
      <dd>{rule(record)}</dd>
      <dt>{gettext("Due · sent")}</dt>
      <dd class="ax">
        {clockSeconds(record.due_at, zone)} · {clockSeconds(record.at, zone)}{" "}
        {zoneName(Date.parse(record.at), zone)}
      </dd>
      {promise && <dt>{gettext("Promised")}</dt>}
      {promise && <dd class={promise[1]}>{promise[0]}</dd>}
    </dl>
  );
}
