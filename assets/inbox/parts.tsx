/** The small parts that recur: icon, person, clock, kind, keys. */
import type { ComponentChildren } from "preact";
import { stopwatch } from "../page/time";
import { gettext, interpolate } from "../shared/i18n";
import { tint } from "../shared/people";
import type { Row } from "../shared/protocol";
import { isOverdue, owedTone, type Tone, waitTone } from "./sort";
import type { Inbox } from "./store";
import { dueTime } from "./times";

/** `name` is a whole class such as icon-[lucide--check], so that the style sheet has it. */
export function Icon({ name, size = "size-4" }: { name: string; size?: string }) {
  return <span class={`${name} ${size} shrink-0`} aria-hidden="true" />;
}

interface FaceProps {
  name: string;
  initials: string;
  photo?: string | null;
  small?: boolean;
}

export function Face({ name, initials, photo, small = false }: FaceProps) {
  if (photo) {
    const edge = small ? 20 : 32;
    return (
      <img class={`av object-cover${small ? " av-sm" : ""}`} src={photo} alt="" width={edge} height={edge} />
    );
  }
  return (
    <span class={`av av-${tint(name)}${small ? " av-sm" : ""}`} aria-hidden="true">
      {initials}
    </span>
  );
}

const TONES: Record<Tone, string> = { plain: "", amber: " clock-amber", red: " clock-red" };

/** How long somebody has waited; runs by itself, amber from 75 % of the target, red from 100 %. */
export function WaitClock({ inbox, row }: { inbox: Inbox; row: Row }) {
  if (row.waiting_since === null) return null;
  const waited = inbox.since(row.waiting_since);
  const label = interpolate(gettext("waiting %(time)s"), { time: stopwatch(waited) });
  return (
    <span class={`clock${TONES[waitTone(waited, row.target_seconds)]}`} role="timer" aria-label={label}>
      {stopwatch(waited)}
    </span>
  );
}

/** Until when an answer is owed. */
export function OwedClock({ inbox, row }: { inbox: Inbox; row: Row }) {
  if (row.owed_due_at === null) return null;
  const text = dueTime(row.owed_due_at, inbox.now.value, inbox.data.zone);
  const tone = owedTone(Date.parse(row.owed_due_at), inbox.now.value);
  const overdue = isOverdue(row, inbox.now.value);
  const label = interpolate(overdue ? gettext("overdue since %(time)s") : gettext("due %(time)s"), {
    time: text,
  });
  return (
    <span class={`clock${TONES[tone]}`} role="timer" aria-label={label}>
      {overdue && <Icon name="icon-[lucide--alarm-clock]" size="size-3.5" />} {text}
    </span>
  );
}

const KINDS: Record<Row["kind"], [string, () => string]> = {
  scheduled: ["icon-[lucide--calendar-clock]", () => gettext("Scheduled")],
  just_in_time: ["icon-[lucide--timer]", () => gettext("Just in time")],
  on_demand: ["icon-[lucide--circle-play]", () => gettext("On demand")],
  replay: ["icon-[lucide--rotate-ccw]", () => gettext("Replay")],
};

export function kindName(kind: Row["kind"]): string {
  return KINDS[kind][1]();
}

/** A kind of session as icon and word. */
export function Kind({ kind }: { kind: Row["kind"] }) {
  return (
    <span class="inline-flex items-center gap-1 whitespace-nowrap">
      <Icon name={KINDS[kind][0]} size="size-3.5" />
      {kindName(kind)}
    </span>
  );
}

/** A key that works right here; hidden where there are none. */
export function Key({ children }: { children: ComponentChildren }) {
  return (
    <span class="max-md:hidden pointer-coarse:hidden">
      <kbd class="kbd">{children}</kbd>
    </span>
  );
}
