/** Which rows a view holds, in which order and group, and the colour of a clock; from plain values. */
import type { Row } from "../shared/protocol";

export const VIEWS = ["mine", "unassigned", "waiting", "owed", "all", "resolved"] as const;
export type View = (typeof VIEWS)[number];
export type Heading = "waiting" | "owed" | "answered" | "resolved";
export type Tone = "plain" | "amber" | "red";

export interface Group {
  heading: Heading;
  rows: Row[];
}

/** Whether a row belongs to a view of the member with this user id. */
export function inView(row: Row, view: View, me: string): boolean {
  const settled = row.state === "resolved";
  switch (view) {
    case "mine":
      return !settled && row.owner?.id === me;
    case "unassigned":
      return !settled && row.owner === null;
    case "waiting":
      return row.waiting_since !== null;
    case "owed":
      return row.owed_due_at !== null;
    case "all":
      return !settled;
    case "resolved":
      return settled;
  }
}

/** Whether an address names a view. */
export function isView(text: string | null): text is View {
  return (VIEWS as readonly (string | null)[]).includes(text);
}

/** What is due for a row; whoever looks at what is owed sees it by when it is due, whoever waits for it. */
export function headingOf(row: Row, view: View = "all"): Heading {
  if (view === "owed" && row.owed_due_at !== null) return "owed";
  if (row.waiting_since !== null) return "waiting";
  if (row.owed_due_at !== null) return "owed";
  return row.state === "resolved" ? "resolved" : "answered";
}

const instant = (text: string | null): number => (text === null ? 0 : Date.parse(text));

/** The longest wait first, what is owed soonest first, the rest by their last line. */
export function inOrder(heading: Heading, rows: Row[]): Row[] {
  const by: Record<Heading, (row: Row) => number> = {
    waiting: (row) => instant(row.waiting_since),
    owed: (row) => instant(row.owed_due_at),
    answered: (row) => -instant(row.last_at),
    resolved: (row) => -instant(row.last_at),
  };
  const key = by[heading];
  return [...rows].sort((a, b) => key(a) - key(b) || a.id.localeCompare(b.id));
}

/** Rows in groups by what is due; empty groups are left out. */
export function grouped(rows: Row[], view: View = "all"): Group[] {
  const headings: Heading[] = ["waiting", "owed", "answered", "resolved"];
  return headings
    .map((heading) => ({
      heading,
      rows: inOrder(
        heading,
        rows.filter((row) => headingOf(row, view) === heading),
      ),
    }))
    .filter((group) => group.rows.length > 0);
}

/** Amber from 75 % of the target, red from 100 %. */
export function waitTone(waited: number, targetSeconds: number): Tone {
  const target = targetSeconds * 1000;
  if (waited >= target) return "red";
  return waited >= target * 0.75 ? "amber" : "plain";
}

/** What is owed: plain until half an hour before it is due, red after. */
export function owedTone(dueAt: number, now: number): Tone {
  if (now >= dueAt) return "red";
  return dueAt - now <= 30 * 60_000 ? "amber" : "plain";
}

/** Whether an answer was promised by a time that has passed. */
export function isOverdue(row: Row, now: number): boolean {
  return row.owed_due_at !== null && Date.parse(row.owed_due_at) <= now;
}

/** Who waits longest. */
export function longest(rows: Row[]): Row | null {
  return (
    inOrder(
      "waiting",
      rows.filter((row) => row.waiting_since !== null),
    )[0] ?? null
  );
}

/** The next one to answer after `current`: nobody's and mine before those that others have. */
export function nextWaiting(rows: Row[], me: string, current: string | null): Row | null {
  const waiting = inOrder(
    "waiting",
    rows.filter((row) => row.waiting_since !== null),
  );
  const open = waiting.filter((row) => row.owner === null || row.owner.id === me);
  const pool = open.some((row) => row.id !== current) ? open : waiting;
  const place = pool.findIndex((row) => row.id === current);
  const next = pool[(place + 1) % Math.max(1, pool.length)];
  return next && next.id !== current ? next : null;
}

/** The id `step` places from `current`; the first or last when there is none yet. */
export function neighbour(ids: string[], current: string | null, step: 1 | -1): string | null {
  const place = current === null ? -1 : ids.indexOf(current);
  if (place < 0) return (step === 1 ? ids[0] : ids.at(-1)) ?? null;
  return ids[Math.min(ids.length - 1, Math.max(0, place + step))] ?? null;
}

/** Rows that hold all the words, in name, webinar or last line, whatever their accents. */
export function matching(rows: Row[], words: string): Row[] {
  const plain = (text: string) =>
    text.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("ł", "l").toLowerCase();
  const wanted = plain(words.toLowerCase()).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return rows;
  return rows.filter((row) => {
    const text = plain(`${row.person.name} ${row.webinar.title} ${row.last_line}`.toLowerCase());
    return wanted.every((word) => text.includes(word));
  });
}

/** The groups as they stood when the pointer came, each row with what is new about it; as they are without it. */
export function shownOf(frozen: Group[] | null, groups: Group[], rows: ReadonlyMap<string, Row>): Group[] {
  if (frozen === null) return groups;
  return frozen.map((group) => ({
    heading: group.heading,
    rows: group.rows.map((row) => rows.get(row.id) ?? row),
  }));
}

/** Rows that came, or came to another group, since the list stands still. */
export function freshOf(frozen: Group[] | null, groups: Group[]): Row[] {
  if (frozen === null) return [];
  const known = new Set(frozen.flatMap((group) => group.rows.map((row) => `${group.heading} ${row.id}`)));
  return groups.flatMap((group) => group.rows.filter((row) => !known.has(`${group.heading} ${row.id}`)));
}
