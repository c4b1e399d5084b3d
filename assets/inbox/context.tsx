/** Who the attendee is and where they are right now; what is empty is left out. */
import type { ComponentChildren } from "preact";
import { gettext, interpolate, ngettext } from "../shared/i18n";
import type { Row } from "../shared/protocol";
import { Icon, Kind, kindName } from "./parts";
import type { Inbox } from "./store";
import { apart, clockTime, dayName, filmTime, span, zoneName } from "./times";
import type { Facts, Outcome, Place } from "./types";
import { Automation } from "./why";

export function Context({ inbox }: { inbox: Inbox }) {
  const facts = inbox.thread()?.facts.value ?? null;
  const row = inbox.row(inbox.selected.value) ?? facts?.row ?? null;
  if (!row) return <div class="inbox-side" />;
  const label = interpolate(gettext("About %(name)s"), { name: row.person.name });
  return (
    <aside
      class="inbox-side min-h-0 overflow-y-auto border-s border-base-300 bg-base-100 p-4 text-sm"
      aria-label={label}
    >
      <p class="mb-2 flex items-center min-[72rem]:hidden">
        <b class="text-lg font-semibold">{row.person.name}</b>
        <button
          type="button"
          class="btn btn-ghost btn-sm btn-square ms-auto max-md:min-h-11 max-md:min-w-11"
          aria-label={gettext("Close")}
          onClick={() => {
            inbox.side.value = false;
          }}
        >
          <Icon name="icon-[lucide--x]" size="size-5" />
        </button>
      </p>
      <Film inbox={inbox} row={row} duration={facts?.duration ?? 0} />
      {facts && <Person inbox={inbox} facts={facts} />}
      {facts && <Sessions inbox={inbox} facts={facts} />}
      {facts && <Episodes inbox={inbox} facts={facts} />}
      {facts && <Automation inbox={inbox} facts={facts} />}
      {facts && <Webinars facts={facts} />}
    </aside>
  );
}

function Film({ inbox, row, duration }: { inbox: Inbox; row: Row; duration: number }) {
  const position = inbox.position(row);
  const at = typeof position === "number" ? Math.min(position, duration || position) : null;
  const share = at !== null && duration > 0 ? Math.min(100, (100 * at) / duration) : 0;
  return (
    <section>
      <h3 class="mb-1 font-semibold [overflow-wrap:anywhere]">{row.webinar.title}</h3>
      <p class="flex items-baseline gap-1.5">
        {at === null ? (
          <span class="muted">
            {position === "left" ? gettext("Left the room") : gettext("Not in the film")}
          </span>
        ) : (
          <>
            <b class="ax text-lg font-semibold">{filmTime(at)}</b>
            {duration > 0 && (
              <span class="ax muted">{interpolate(gettext("of %(all)s"), { all: filmTime(duration) })}</span>
            )}
          </>
        )}
        <span class="ms-auto muted">
          <Kind kind={row.kind} />
        </span>
      </p>
      {at !== null && duration > 0 && (
        <svg
          class="mt-1.5 block h-1 w-full"
          role="img"
          aria-label={interpolate(gettext("%(n)s percent watched"), { n: Math.round(share) })}
        >
          <rect width="100%" height="4" rx="2" fill="var(--color-base-300)" />
          <rect width={`${share}%`} height="4" rx="2" fill="var(--color-accent)" />
        </svg>
      )}
      {at !== null && <p class="live mt-2 text-xs">{gettext("Watching now")}</p>}
    </section>
  );
}

function Person({ inbox, facts }: { inbox: Inbox; facts: Facts }) {
  const { person } = facts;
  const now = inbox.now.value;
  const there = `${clockTime(now, person.zone)} ${zoneName(now, person.zone)}, ${apart(person.zone, inbox.data.zone, now)}`;
  const same = person.same_address;
  const others = ngettext(
    "%(n)s other person registered with this address.",
    "%(n)s other people registered with this address.",
    same,
  );
  return (
    <>
      <hr class="rule my-3" />
      <dl class="facts">
        <dt>{gettext("E-mail")}</dt>
        <dd>
          {person.email}
          <span class="block text-xs muted">
            {person.confirmed
              ? gettext("confirmed")
              : gettext("not confirmed: nobody entered through a mailed link yet")}
          </span>
          {same > 0 && <span class="block text-xs amber">{interpolate(others, { n: same })}</span>}
        </dd>
        <dt>{gettext("There")}</dt>
        <dd>
          {person.zone.replaceAll("_", " ")}
          <span class="ax block">{there}</span>
        </dd>
        <dt>{gettext("Language")}</dt>
        <dd>{person.language}</dd>
        <dt>{gettext("Registered")}</dt>
        <dd class="ax">
          {dayName(person.registered_at, now, inbox.data.zone)}{" "}
          {clockTime(person.registered_at, inbox.data.zone)}
        </dd>
      </dl>
    </>
  );
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section>
      <hr class="rule my-3" />
      <h3 class="over mb-1.5">{title}</h3>
      <ul class="grid gap-1.5">{children}</ul>
    </section>
  );
}

function standingName(place: Place): string {
  const names: Record<Place["standing"], string> = {
    live: gettext("there now"),
    attended: interpolate(gettext("watched to %(at)s"), { at: filmTime(place.position ?? 0) }),
    cancelled: gettext("cancelled"),
    missed: gettext("missed"),
    coming: gettext("still to come"),
  };
  return names[place.standing];
}

function Sessions({ inbox, facts }: { inbox: Inbox; facts: Facts }) {
  if (facts.sessions.length === 0) return null;
  const now = inbox.now.value;
  const { zone } = inbox.data;
  return (
    <Part title={gettext("Sessions")}>
      {facts.sessions.map((place) => {
        const at = place.starts_at;
        const when = at ? `${dayName(at, now, zone)} ${clockTime(at, zone)}` : gettext("Not opened yet");
        return (
          <li key={`${place.kind} ${at}`} class="flex flex-wrap gap-x-2">
            <span class={`ax ${place.standing === "live" ? "live" : ""}`}>{when}</span>
            <span class="ms-auto muted">
              {kindName(place.kind).toLowerCase()}, {standingName(place)}
            </span>
          </li>
        );
      })}
    </Part>
  );
}

function outcomeName(outcome: Outcome): string {
  const names: Record<Outcome, string> = {
    live: gettext("answered in %(time)s"),
    later: gettext("answered later, after %(time)s"),
    abandoned: gettext("they had left, answered after %(time)s"),
    automatic: gettext("what came by itself helped"),
    no_reply_needed: gettext("needed no reply"),
    open: gettext("no answer yet"),
    closed: gettext("ended without an answer"),
  };
  return names[outcome];
}

function Episodes({ inbox, facts }: { inbox: Inbox; facts: Facts }) {
  if (facts.episodes.length === 0) return null;
  return (
    <Part title={gettext("Earlier episodes")}>
      {facts.episodes.map((episode) => {
        const waited = episode.answered_at
          ? (Date.parse(episode.answered_at) - Date.parse(episode.opened_at)) / 1000
          : null;
        const time = span(Math.max(1, waited ?? 0));
        const became = interpolate(outcomeName(episode.outcome), { time });
        return (
          <li key={episode.seq}>
            <p class="[overflow-wrap:anywhere]">{episode.question}</p>
            <p class="text-xs muted">
              {dayName(episode.opened_at, inbox.now.value, inbox.data.zone)} · {became}
              {episode.by && ` · ${interpolate(gettext("resolved by %(name)s"), { name: episode.by })}`}
            </p>
          </li>
        );
      })}
    </Part>
  );
}

function Webinars({ facts }: { facts: Facts }) {
  if (facts.webinars.length === 0) return null;
  return (
    <Part title={gettext("Other webinars")}>
      {facts.webinars.map((webinar) => (
        <li key={webinar.title} class="[overflow-wrap:anywhere]">
          {webinar.conversation ? (
            <a class="link" href={`#${webinar.conversation}`}>
              {webinar.title}
            </a>
          ) : (
            webinar.title
          )}
        </li>
      ))}
    </Part>
  );
}
