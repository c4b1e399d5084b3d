/** Reads WebVTT: what is said, and when. */

export interface Cue {
  start: number;
  end: number;
  text: string;
}

const TIMING = /^(?:(\d+):)?(\d\d):(\d\d)\.(\d{3}) --> (?:(\d+):)?(\d\d):(\d\d)\.(\d{3})/;

/** The cues in their order; what is no cue (notes, styles, regions) is left out, and so are tags. */
export function cuesOf(text: string): Cue[] {
  const cues: Cue[] = [];
  for (const block of text.replace(/\r\n?/g, "\n").split(/\n{2,}/)) {
    const lines = block.split("\n");
    const at = lines.findIndex((line) => TIMING.test(line));
    const match = at < 0 ? null : TIMING.exec(lines[at] ?? "");
    if (!match) continue;
    const words = plain(lines.slice(at + 1).join(" "));
    if (words) cues.push({ start: seconds(match.slice(1, 5)), end: seconds(match.slice(5, 9)), text: words });
  }
  return cues;
}

/** The last cue that has begun at `position`; -1 before the first. */
export function cueAt(cues: Cue[], position: number): number {
  const later = cues.findIndex((cue) => cue.start > position + 0.05);
  return (later < 0 ? cues.length : later) - 1;
}

function seconds([hours, minutes, whole, thousandths]: (string | undefined)[]): number {
  return Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(whole) + Number(thousandths) / 1000;
}

function plain(text: string): string {
  const words = text.replace(/<[^>]*>/g, "").trim();
  const names: Record<string, string> = { amp: "&", lt: "<", gt: ">", nbsp: "\u00a0", lrm: "", rlm: "" };
  return words.replace(/&(amp|lt|gt|nbsp|lrm|rlm);/g, (_, name: string) => names[name] ?? "");
}
