/** What stands in the thread's place while none is open: what goes on, and what to do now. */
import { gettext, interpolate, ngettext } from "../shared/i18n";
import type { Row } from "../shared/protocol";
import { Banner } from "./banner";
import { Icon, Key, WaitClock } from "./parts";
import { inOrder } from "./sort";
import type { Inbox } from "./store";
import { clockTime, dayName, dueTime, zoneName } from "./times";

export function NoThread({ inbox }: { inbox: Inbox }) {
  return (
    <section
      class="inbox-thread flex min-h-0 min-w-0 flex-col"
      aria-label={gettext("No conversation is open")}
    >
      <Banner inbox={inbox} />
      <div class="m-auto max-w-80 p-6 text-center">
        <State inbox={inbox} />
      </div>
    </section>
  );
}

function State({ inbox }: { inbox: Inbox }) {
  const row = inbox.longest.value;
  if (row) return <Waiting inbox={inbox} row={row} />;
  const { all, resolved } = inbox.counts.value;
  return all + resolved === 0 ? <Empty inbox={inbox} /> : <CaughtUp inbox={inbox} />;
}

function Waiting({ inbox, row }: { inbox: Inbox; row: Row }) {
  const count = inbox.counts.value.waiting;
  const text = ngettext("%(n)s person waits for an answer.", "%(n)s people wait for an answer.", count);
  return (
    <>
      <WaitClock inbox={inbox} row={row} />
      <h2 class="mt-3 text-lg">
        {interpolate(gettext("%(name)s waits longest"), { name: row.person.name })}
      </h2>
      <p class="mt-1 muted">{interpolate(text, { n: count })}</p>
      <p class="mt-4">
        <a class="btn btn-primary btn-sm" href={`#${row.id}`}>
          {interpolate(gettext("Answer %(name)s"), { name: row.person.name })}
          <Key>N</Key>
        </a>
      </p>
    </>
  );
}

function Empty({ inbox }: { inbox: Inbox }) {
  const { next, zone } = inbox.data;
  const now = inbox.now.value;
  const text = ngettext(
    "The next session starts %(day)s at %(time)s %(zone)s. %(n)s person is registered.",
    "The next session starts %(day)s at %(time)s %(zone)s. %(n)s people are registered.",
    next?.registered ?? 0,
  );
  return (
    <>
      <Icon name="icon-[lucide--messages-square] text-primary inline-block" size="size-8" />
      <h2 class="mt-3 text-lg">{gettext("Nobody has written yet")}</h2>
      <p class="mt-1 muted">
        {next
          ? interpolate(text, {
              day: dayName(next.starts_at, now, zone),
              time: clockTime(next.starts_at, zone),
              zone: zoneName(Date.parse(next.starts_at), zone),
              n: next.registered,
            })
          : gettext("What attendees of your webinars write comes here, within a second.")}
      </p>
    </>
  );
}

function CaughtUp({ inbox }: { inbox: Inbox }) {
  const owed = inOrder(
    "owed",
    inbox.all.value.filter((row) => row.owed_due_at !== null),
  );
  const first = owed[0];
  const count = inbox.counts.value.owed;
  return (
    <>
      <Icon name="icon-[lucide--check] done inline-block" size="size-8" />
      <h2 class="mt-3 text-lg">{gettext("Nobody is waiting")}</h2>
      <p class="mt-1 muted">{gettext("A new question comes to the top of the list by itself.")}</p>
      {first?.owed_due_at && (
        <p class="mt-4">
          <button type="button" class="btn btn-sm" onClick={() => inbox.show("owed")}>
            {interpolate(ngettext("%(n)s owed, due %(at)s", "%(n)s owed, first due %(at)s", count), {
              n: count,
              at: dueTime(first.owed_due_at, inbox.now.value, inbox.data.zone),
            })}
          </button>
        </p>
      )}
    </>
  );
}
