/** What stands above the words: what has to be decided, who else writes, and what the words will become. */
import { gettext, interpolate } from "../shared/i18n";
import type { Row } from "../shared/protocol";
import type { Props } from "./composer";
import { Icon, Key } from "./parts";
import type { Inbox } from "./store";
import type { Thread } from "./thread";

/** What has to be decided first: an open question, or somebody else's claim. */
export function Asked({ inbox, thread, row }: Props) {
  const asking = thread.asking.value;
  if (thread.changes.withdrawing.value !== null) return <Withdrawing thread={thread} row={row} />;
  const close = () => {
    thread.asking.value = null;
  };
  if (asking === "moment") return <OneMoment thread={thread} close={close} />;
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
export function Above({ inbox, thread, row }: Props) {
  const held = thread.held.value;
  const writer = thread.signs.team.value;
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
      <About inbox={inbox} thread={thread} />
      {row.by_email && row.waiting_since && (
        <p class="flex items-center gap-2 border-b border-base-300 px-3 py-1.5 text-sm muted">
          <Icon name="icon-[lucide--mail]" />
          {gettext("They wrote in the e-mail form: your answer goes to them by e-mail.")}
        </p>
      )}
    </>
  );
}

/** What the words in the composer will become: a change of earlier ones, or an answer to one message. */
function About({ inbox, thread }: { inbox: Inbox; thread: Thread }) {
  const { changes } = thread;
  const { editing, answered } = changes;
  const quoted = answered.value;
  if (!editing.value && !quoted) return null;
  const mailed = editing.value !== null && thread.facts.value?.mailed.includes(editing.value.seq);
  const by = quoted?.user === inbox.data.me.id ? gettext("yourself") : (quoted?.author?.name ?? "");
  return (
    <div class="flex items-center gap-2 border-b border-base-300 px-3 py-1.5 text-sm muted">
      <Icon name={editing.value ? "icon-[lucide--pencil-line]" : "icon-[lucide--reply]"} />
      <span class="min-w-0">
        {quoted ? (
          <span class="block truncate">
            {interpolate(gettext("Reply to %(name)s:"), { name: by })} {quoted.text}
          </span>
        ) : (
          gettext("You change a message they have.")
        )}
        {mailed && ` ${gettext("A copy went by e-mail: that one stays as it was.")}`}
      </span>
      <button
        type="button"
        class="btn btn-ghost btn-xs ms-auto max-md:min-h-11"
        onClick={() => {
          changes.leave();
          document.getElementById("reply")?.focus();
        }}
      >
        {gettext("Leave it")}
      </button>
    </div>
  );
}

/** Before a message is withdrawn: what they will see, and what stays all the same. */
function Withdrawing({ thread, row }: { thread: Thread; row: Row }) {
  const { changes } = thread;
  const seq = changes.withdrawing.value;
  const standing = thread.log.lines.value.filter((line) => line.kind === "moderator" && !line.withdrawn);
  const asked = thread.log.lines.value.filter((line) => line.kind === "attendee").at(-1)?.seq ?? 0;
  const answers = standing.filter((line) => line.seq > asked && !line.is_holding);
  const only = answers.length === 1 && answers[0]?.seq === seq && row.waiting_since === null;
  return (
    <div class="tile mb-1.5 p-3" role="alert">
      <p>
        <b class="font-semibold">{gettext("Withdraw this message?")}</b>{" "}
        <span class="muted">
          {interpolate(gettext("%(name)s sees “Message withdrawn” in its place."), { name: row.person.name })}
          {seq !== null &&
            thread.facts.value?.mailed.includes(seq) &&
            ` ${gettext("A copy went by e-mail: that one stays.")}`}
          {only &&
            ` ${gettext("It is the only answer to their question, and no clock begins again: write another if they need one.")}`}
        </span>
      </p>
      <p class="mt-3 flex flex-wrap gap-2">
        <button type="button" class="btn btn-primary btn-sm" onClick={() => void changes.withdraw()}>
          {gettext("Withdraw it")}
        </button>
        <button type="button" class="btn btn-sm" onClick={() => changes.leave()}>
          {gettext("Keep it")}
        </button>
      </p>
    </div>
  );
}

/** Kind words that ask for a moment, each sent by one press: nothing automatic comes then, and the clock goes on. */
function OneMoment({ thread, close }: { thread: Thread; close: () => void }) {
  const focus = () => document.getElementById("reply")?.focus();
  return (
    <section class="tile mb-1.5 p-3" aria-label={gettext("Ask for a moment")}>
      <p class="text-sm muted">{gettext("Sent at once. They still wait, and nothing automatic comes.")}</p>
      <ul class="mt-2 flex flex-col gap-1">
        {(thread.facts.value?.holding ?? []).map((text) => (
          <li key={text}>
            <button
              type="button"
              class="btn btn-sm h-auto min-h-9 w-full justify-start py-1.5 text-start font-normal max-md:min-h-11"
              onClick={() => {
                thread.hold(text);
                focus();
              }}
            >
              {text}
            </button>
          </li>
        ))}
      </ul>
      <button
        type="button"
        class="btn btn-ghost btn-xs mt-2 max-md:min-h-11"
        onClick={() => {
          close();
          focus();
        }}
      >
        {gettext("Not now")}
      </button>
    </section>
  );
}
