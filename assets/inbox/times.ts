/** Instants and lengths as the inbox writes them. */
import { gettext, interpolate, ngettext } from "../shared/i18n";

/** The page's language; English is written the British way, the day before the month. */
function language(): string {
  const lang = globalThis.document?.documentElement.lang || "en";
  return lang === "en" ? "en-GB" : lang;
}

/** 22:12 into the film, or 1:02:12. */
export function filmTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, index) => (index ? String(part).padStart(2, "0") : String(part))).join(":");
}

function formatted(at: number | string, zone: string, how: Intl.DateTimeFormatOptions): string {
  try {
    return new Intl.DateTimeFormat(language(), { timeZone: zone, ...how }).format(new Date(at));
  } catch {
    return new Intl.DateTimeFormat(language(), { timeZone: "UTC", ...how }).format(new Date(at));
  }
}

/** 14:07 in that zone. */
export function clockTime(at: number | string, zone: string): string {
  return formatted(at, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** 14:07:31 in that zone. */
export function clockSeconds(at: number | string, zone: string): string {
  return formatted(at, zone, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

/** 2026-10-22 in that zone, to tell days apart. */
export function dayKey(at: number | string, zone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(new Date(at));
}

/** Today, Yesterday, or Thu 22 Oct; with the year when it is another one. */
export function dayName(at: number | string, now: number, zone: string): string {
  const day = dayKey(at, zone);
  if (day === dayKey(now, zone)) return gettext("Today");
  if (day === dayKey(now - 86_400_000, zone)) return gettext("Yesterday");
  const year = day.slice(0, 4) === dayKey(now, zone).slice(0, 4) ? undefined : "numeric";
  return formatted(at, zone, { weekday: "short", day: "numeric", month: "short", year });
}

/** 14:07 today, else the day with it. */
export function moment(at: string, now: number, zone: string): string {
  const time = clockTime(at, zone);
  return dayKey(at, zone) === dayKey(now, zone) ? time : `${dayName(at, now, zone)}, ${time}`;
}

/** 14:07 for what is owed today, else the weekday and the day. */
export function dueTime(at: string, now: number, zone: string): string {
  if (dayKey(at, zone) === dayKey(now, zone)) return clockTime(at, zone);
  return formatted(at, zone, { weekday: "short", day: "numeric", month: "short" });
}

/** The short name of a zone at an instant: CEST, GMT+2. */
export function zoneName(at: number, zone: string): string {
  const parts = new Intl.DateTimeFormat(language(), { timeZone: zone, timeZoneName: "short" }).formatToParts(
    at,
  );
  return parts.find((part) => part.type === "timeZoneName")?.value ?? zone;
}

/** How far a zone's clock is from another one's, in hours and in words. */
export function apart(zone: string, own: string, now: number): string {
  const minutes = Math.round((wall(now, zone) - wall(now, own)) / 60_000);
  if (minutes === 0) return gettext("same as you");
  const hours = String(Math.round(Math.abs(minutes) / 15) / 4);
  const text = minutes > 0 ? gettext("%(hours)s h ahead of you") : gettext("%(hours)s h behind you");
  return interpolate(text, { hours });
}

function wall(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"));
}

/** 45 s, 2 min, 1 h 30 min. */
export function span(seconds: number): string {
  if (seconds < 120 && seconds % 60 !== 0) return interpolate(gettext("%(n)s s"), { n: Math.round(seconds) });
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return interpolate(ngettext("%(n)s min", "%(n)s min", minutes), { n: minutes });
  const values = { hours: Math.floor(minutes / 60), minutes: minutes % 60 };
  return interpolate(
    values.minutes ? gettext("%(hours)s h %(minutes)s min") : gettext("%(hours)s h"),
    values,
  );
}
