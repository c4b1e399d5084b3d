/** The list: who waits, longest first, then what is owed, then the rest. */
import { gettext, interpolate, ngettext } from "../shared/i18n";
import type { Row } from "../shared/protocol";
import { Banner } from "./banner";
import { ListHead } from "./list-head";
import { Face, Icon, OwedClock, WaitClock } from "./parts";
import { type Group, type Heading, isOverdue, type Tone, waitTone } from "./sort";
import type { Inbox } from "./store";
import { filmTime } from "./times";

function headingName(heading: Heading): string {
  const names: Record<Heading, string> = {
    waiting: gettext("Waiting, longest first"),
    owed: gettext("Owed, soonest first"),
    answered: gettext("Answered"),
    resolved: gettext("Resolved"),
  };
  return names[heading];
}

export function List({ inbox }: { inbox: Inbox }) {
  const freeze = (event: PointerEvent) => {
    if (event.pointerType === "mouse" && inbox.frozen.peek() === null)
      inbox.frozen.value = inbox.groups.peek();
  };
  return (
    <section
      class="inbox-list flex min-h-0 flex-col border-e border-base-300"
      aria-label={gettext("Conversations")}
    >
      <ListHead inbox={inbox} />
      <div class="md:hidden">
        <Banner inbox={inbox} />
      </div>
      <Strip inbox={inbox} />
      <div
        class="relative flex min-h-0 flex-1 flex-col"
        onPointerEnter={freeze}
        onPointerLeave={() => {
          inbox.frozen.value = null;
        }}
      >
        <Fresh inbox={inbox} />
        <div class="min-h-0 flex-1 overflow-y-auto max-md:overflow-visible">
          {inbox.shown.value.map((group) => (
            <Part key={group.heading} inbox={inbox} group={group} />
          ))}
          {inbox.shown.value.length === 0 && <Nothing inbox={inbox} />}
          <Rest inbox={inbox} />
        </div>
      </div>
      <footer class="flex h-9 shrink-0 items-center gap-3 whitespace-nowrap border-t border-base-300 px-3 text-xs muted max-md:hidden pointer-coarse:hidden">
        <span>
          <kbd class="kbd">J</kbd> <kbd class="kbd">K</kbd> {gettext("move")}
        </span>
        <span>
          <kbd class="kbd">N</kbd> {gettext("next waiting")}
        </span>
        <span class="max-[85rem]:hidden">
          <kbd class="kbd">C</kbd> {gettext("claim")}
        </span>
        <span class="ms-auto">
          <kbd class="kbd">?</kbd> {gettext("all")}
        </span>
      </footer>
    </section>
  );
}

const WASHES: Record<Tone, string> = {
  plain: "bg-base-200",
  amber: "bg-[var(--amber-wash)]",
  red: "bg-[var(--harm-wash)]",
};

/** Who waits longest, always in sight. */
function Strip({ inbox }: { inbox: Inbox }) {
  const row = inbox.longest.value;
  if (!row?.waiting_since) return null;
  const tone = waitTone(inbox.since(row.waiting_since), row.target_seconds);
  return (
    <a
      href={`#${row.id}`}
      class={`flex shrink-0 items-center gap-2 border-b border-base-300 px-3 py-1.5 text-sm max-md:min-h-11 ${WASHES[tone]}`}
    >
      <WaitClock inbox={inbox} row={row} />
      <span class="truncate">
        <b class="font-semibold">{row.person.name}</b> {gettext("waits longest")}
      </span>
      <span class="ms-auto whitespace-nowrap text-xs muted max-md:hidden pointer-coarse:hidden">
        <kbd class="kbd">N</kbd> {gettext("next")}
      </span>
    </a>
  );
}

/** What is new waits here while the pointer is over the list, so that nothing moves under it. */
function Fresh({ inbox }: { inbox: Inbox }) {
  const count = inbox.fresh.value;
  if (count === 0) return null;
  return (
    <button
      type="button"
      class="absolute inset-x-0 top-0 z-2 cursor-pointer border-b border-base-300 bg-[var(--act-wash)] px-3 py-1.5 text-sm font-semibold text-primary"
      onClick={() => {
        inbox.frozen.value = inbox.groups.peek();
      }}
    >
      {interpolate(ngettext("%(n)s new", "%(n)s new", count), { n: count })}
    </button>
  );
}

function Part({ inbox, group }: { inbox: Inbox; group: Group }) {
  return (
    <>
      <h3 class="over sticky top-0 z-1 flex items-center bg-base-100 px-3 pt-2.5 pb-1">
        {headingName(group.heading)}
        <span class="n">{group.rows.length}</span>
      </h3>
      <ul>
        {group.rows.map((row) => (
          <li key={row.id}>
            <Line inbox={inbox} row={row} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Line({ inbox, row }: { inbox: Inbox; row: Row }) {
  const current = inbox.selected.value === row.id;
  const ours = row.last_by !== "attendee";
  const marked = current
    ? "bg-[var(--act-wash)] shadow-[inset_3px_0_var(--color-primary)]"
    : "hover:bg-base-200";
  return (
    <a
      href={`#${row.id}`}
      data-row={row.id}
      class={`grid grid-cols-[2rem_minmax(0,1fr)] gap-x-2.5 border-b border-base-300 px-3 py-2 focus-visible:outline-offset-[-2px] ${marked}`}
      aria-current={current ? "true" : undefined}
    >
      <Face name={row.person.name} initials={row.person.initials} />
      <span class="min-w-0">
        <span class="flex items-center gap-2">
          <span class="truncate font-semibold">{row.person.name}</span>
          <span class="ms-auto">
            {row.waiting_since && inbox.view.value !== "owed" ? (
              <WaitClock inbox={inbox} row={row} />
            ) : (
              <OwedClock inbox={inbox} row={row} />
            )}
          </span>
        </span>
        <span class="flex items-center gap-1.5 text-xs muted">
          <span class="truncate">{row.webinar.title}</span>
          <span class="ax ms-auto flex shrink-0 items-center gap-1.5">
            {row.nudged && <Icon name="icon-[lucide--bell-ring] harm" size="size-3.5" />}
            {row.nudged && <span class="sr-only">{gettext("seen, and not answered yet")}</span>}
            {inbox.view.value !== "owed" && isOverdue(row, inbox.now.value) && (
              <>
                <Icon name="icon-[lucide--alarm-clock] harm" size="size-3.5" />
                <span class="sr-only">{gettext("the promised answer is overdue")}</span>
              </>
            )}
            {row.by_email && <Icon name="icon-[lucide--mail]" size="size-3.5" />}
            {row.by_email && <span class="sr-only">{gettext("to be answered by e-mail")}</span>}
            {row.owner && <Owner owner={row.owner} />}
            <Where inbox={inbox} row={row} />
          </span>
        </span>
        <span class={`block truncate text-sm ${ours ? "muted" : ""}`}>
          {ours && row.last_line && (
            <span class="icon-[lucide--reply] size-3.5 inline-block align-[-2px]" aria-hidden="true" />
          )}{" "}
          {row.last_line}
        </span>
      </span>
    </a>
  );
}

function Owner({ owner }: { owner: NonNullable<Row["owner"]> }) {
  return (
    <>
      <Face name={owner.name} initials={owner.initials} photo={owner.photo} small />
      <span class="sr-only">{interpolate(gettext("Owner %(name)s"), { name: owner.name })}</span>
    </>
  );
}

/** A position says "watching", left says gone. */
export function Where({ inbox, row }: { inbox: Inbox; row: Row }) {
  const position = inbox.position(row);
  if (position === null) return null;
  return <>{position === "left" ? gettext("left") : filmTime(position)}</>;
}

function Nothing({ inbox }: { inbox: Inbox }) {
  const text = inbox.words.value ? gettext("Nobody here matches.") : gettext("Nothing in this view.");
  return <p class="px-3 py-6 text-center text-sm muted">{text}</p>;
}

/** More is open than one page holds: the list says so. */
function Rest({ inbox }: { inbox: Inbox }) {
  const view = inbox.view.value;
  const here = inbox.groups.value.reduce((sum, group) => sum + group.rows.length, 0);
  const all = inbox.counts.value[view];
  if (inbox.words.value || here < 200 || here >= all) return null;
  const text = gettext("The first %(here)s of %(all)s. Who waits longest is always among them.");
  return <p class="px-3 py-4 text-sm muted">{interpolate(text, { here, all })}</p>;
}
