/** Sizes, speeds and remaining times as people read them. */
import { gettext, interpolate } from "./i18n";

/** 1.83 GB; in steps of a thousand, as file managers and providers count. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit < 2 ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** "about 1 min 40 s left", coarser the longer it takes. */
export function timeLeft(seconds: number): string {
  const rounded = seconds < 60 ? Math.ceil(seconds / 5) * 5 : Math.round(seconds / 20) * 20;
  const hours = Math.floor(rounded / 3600);
  const minutes = Math.floor(rounded / 60) % 60;
  const rest = rounded % 60;
  const parts = hours
    ? [`${hours} h`, `${minutes} min`]
    : minutes >= 10
      ? [`${minutes} min`]
      : [minutes ? `${minutes} min` : "", rest ? `${rest} s` : ""];
  return interpolate(gettext("about %(time)s left"), { time: parts.filter(Boolean).join(" ") || "5 s" });
}

/** Bytes a second over the last ten seconds; 0 until two can be told apart. */
export class Speed {
  private points: [number, number][] = [];

  /** Notes how many bytes there are at this millisecond and returns the speed. */
  note(bytes: number, at: number): number {
    this.points.push([at, bytes]);
    this.points = this.points.filter(([then]) => at - then <= 10_000);
    const [first] = this.points;
    if (!first || at - first[0] < 1000) return 0;
    return Math.max(0, (bytes - first[1]) / ((at - first[0]) / 1000));
  }
}
