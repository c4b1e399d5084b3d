/** Which language of captions is shown; kept in this browser. */
import { signal } from "@preact/signals";
import { recall, remember } from "../shared/kept";
import type { Captions } from "./data";

const KEY = "captions";

/** The language; empty: none. */
export const captionsOn = signal(recall(KEY));

/** The next of: none, the first language, the second, … */
export function nextCaptions(tracks: Captions[]): void {
  const languages = ["", ...tracks.map((track) => track.language)];
  const at = languages.indexOf(captionsOn.value);
  captionsOn.value = languages[(at + 1) % languages.length] ?? "";
  remember(KEY, captionsOn.value);
}

/** What the button says. */
export function captionsName(tracks: Captions[]): string {
  return tracks.find((track) => track.language === captionsOn.value)?.label ?? "";
}
