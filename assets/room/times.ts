/** Clock times in the attendee's zone, and lengths of film. */
import { gettext, ngettext } from "../shared/i18n";

/** 15:45 in a zone. */
export function clockTime(at: string | number, zone: string): string {
  return format(at, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** Tuesday 10 March, for the line between two days. */
export function dayName(at: string | number, zone: string): string {
  return format(at, zone, { weekday: "long", day: "numeric", month: "long" });
}

/** Today, Tomorrow, or the day's name, seen from `now`. */
export function dayFrom(at: number, now: number, zone: string): string {
  const day = dayName(at, zone);
  if (day === dayName(now, zone)) return gettext("Today");
  if (day === dayName(now + 86_400_000, zone)) return gettext("Tomorrow");
  return day;
}

/** 14:32, or 1:02:09 from an hour on. */
export function filmTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const padded = String(rest).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${padded}` : `${minutes}:${padded}`;
}

/** 04:12 until something begins; days and hours when it is far away. */
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const days = Math.floor(seconds / 86_400);
  if (days > 0) return ngettext("%(n)s day", "%(n)s days", days).replace("%(n)s", String(days));
  const pad = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${pad(minutes)}:${pad(rest)}`;
}

function format(at: string | number, zone: string, options: Intl.DateTimeFormatOptions): string {
  const language = document.documentElement.lang || "en";
  // English pages read days before months, as everywhere in the product.
  const locale = language === "en" ? "en-GB" : language;
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: zone }).format(new Date(at));
}
