/** Which prompt shows now, if any: the rules of chat/prompting.py, where the seconds pass. One table holds both. */

export type PageKind = "registration" | "form" | "thanks" | "waiting" | "room" | "exit" | "replay" | "over";

/** A prompt as the page brings it; its address fits already. */
export interface Prompt {
  key: string;
  text: string;
  article: string;
  seconds: number | null;
  idle: number | null;
  position: number | null;
  pages: number | null;
  join: "all" | "any";
  properties: { name: string; value: string; negated: boolean }[];
  pages_in: PageKind[];
  pages_out: PageKind[];
  form_too: boolean;
  often: "once" | "session" | "days";
  days: number;
  action: "chat" | "form" | "text";
}

export interface Seen {
  /** Milliseconds since the epoch. */
  at: number;
  session: string;
}

export interface Situation {
  page: PageKind;
  now: number;
  session: string;
  mode: "chat" | "email" | "off" | "other";
  /** Seconds the page was visible; seconds without a hand. */
  seconds: number;
  idle: number;
  pages: number;
  position: number | null;
  /** Points of the film that were passed in play, not by a jump. */
  passed: number[];
  properties: Record<string, string>;
  seen: Record<string, Seen>;
  quietUntil: number | null;
  questionOpen: boolean;
  humanAt: number | null;
  typing: boolean;
  showing: boolean;
}

const QUIET_AFTER_HUMAN = 5 * 60_000;
const POSITION_HOLDS = 30;
const DAY = 86_400_000;

/** The first prompt that may show now. */
export function decide(prompts: Prompt[], situation: Situation): Prompt | null {
  return prompts.find((prompt) => judge(prompt, situation) === "shows") ?? null;
}

/** `shows`, or the first reason why not, in the words of the server. */
export function judge(prompt: Prompt, situation: Situation): string {
  return mayBeHere(prompt, situation) ?? allowed(prompt, situation) ?? moment(prompt, situation) ?? "shows";
}

function mayBeHere(prompt: Prompt, { page, properties, mode }: Situation): string | null {
  const place = page === "form" ? "registration" : page;
  if (prompt.pages_out.includes(place)) return "page";
  if (prompt.pages_in.length > 0 && !prompt.pages_in.includes(place)) return "page";
  if (page === "form" && !prompt.form_too) return "form_step";
  const holds = prompt.properties.map((one) => ((properties[one.name] ?? "") === one.value) !== one.negated);
  const fits = prompt.join === "any" ? holds.some(Boolean) : holds.every(Boolean);
  if (holds.length > 0 && !fits) return "property";
  if (prompt.action === "form" && ["thanks", "waiting", "room"].includes(page)) return "nothing_to_open";
  if (prompt.action === "chat" && place !== "registration" && mode !== "chat" && mode !== "email")
    return "chat_off";
  return null;
}

function allowed(prompt: Prompt, situation: Situation): string | null {
  const { now, quietUntil, humanAt } = situation;
  if (quietUntil !== null && now < quietUntil) return "closed";
  const seen = situation.seen[prompt.key];
  if (seen && tooEarly(prompt, seen, situation)) return "seen";
  if (situation.questionOpen) return "question";
  if (humanAt !== null && now - humanAt < QUIET_AFTER_HUMAN) return "human";
  return null;
}

function tooEarly(prompt: Prompt, seen: Seen, { now, session }: Situation): boolean {
  if (prompt.often === "session") return seen.session === session;
  if (prompt.often === "days") return now - seen.at < prompt.days * DAY;
  return true;
}

function moment(prompt: Prompt, situation: Situation): string | null {
  if (prompt.seconds !== null && situation.seconds < prompt.seconds) return "too_soon";
  if (prompt.pages !== null && situation.pages < prompt.pages) return "too_few_pages";
  if (prompt.idle !== null && situation.idle < prompt.idle) return "not_idle";
  if (prompt.position !== null && !isThere(prompt.position, situation)) return "position";
  if (situation.typing) return "typing";
  return situation.showing ? "another" : null;
}

function isThere(point: number, { passed, position }: Situation): boolean {
  return (
    passed.includes(point) && position !== null && point <= position && position < point + POSITION_HOLDS
  );
}

const STEP = 3; // seconds of film between two looks; more was a jump

/** The points that play went through between two looks; none when the film was moved. */
export function passedBetween(points: number[], before: number, after: number): number[] {
  if (after <= before || after - before > STEP) return [];
  return points.filter((point) => before < point && point <= after);
}
