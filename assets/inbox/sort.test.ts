import { expect, test } from "vitest";
import type { Row } from "../shared/protocol";
import {
  freshOf,
  grouped,
  inView,
  isOverdue,
  longest,
  matching,
  neighbour,
  nextWaiting,
  owedTone,
  shownOf,
  waitTone,
} from "./sort";

const minute = (n: number) => `2026-03-10T12:${String(n).padStart(2, "0")}:00.000Z`;

function row(id: string, more: Partial<Row> = {}): Row {
  return {
    id,
    revision: 1,
    person: { name: id, initials: id.slice(0, 1), tint: 1 },
    webinar: { id: "w", title: "Better bread at home" },
    kind: "scheduled",
    position: null,
    last_line: "",
    last_by: "attendee",
    last_at: minute(0),
    waiting_since: null,
    target_seconds: 180,
    by_email: false,
    owner: null,
    state: "open",
    owed_due_at: null,
    seq: 1,
    nudged: false,
    ...more,
  };
}

const me = { id: "me", name: "Bob", initials: "B" };
const other = { id: "other", name: "Alice", initials: "A" };
const late = row("late", { waiting_since: minute(9) });
const early = row("early", { waiting_since: minute(1) });
const owed = row("owed", { owed_due_at: minute(50) });
const answered = row("answered", { last_at: minute(3) });
const newer = row("newer", { last_at: minute(4) });
const settled = row("settled", { state: "resolved" });
const everything = [late, answered, owed, settled, early, newer];

test("rows stand in groups by what is due: longest wait, soonest owed, latest answered", () => {
  const shown = grouped(everything).map((group) => [group.heading, group.rows.map((one) => one.id)]);
  expect(shown).toEqual([
    ["waiting", ["early", "late"]],
    ["owed", ["owed"]],
    ["answered", ["newer", "answered"]],
    ["resolved", ["settled"]],
  ]);
});

test("A-014: among what is owed, the soonest due stands first, whoever waits for it longest", () => {
  const both = { waiting_since: minute(1), owed_due_at: minute(55) };
  const rows = [row("long", both), owed, row("overdue", { ...both, owed_due_at: minute(5) })];
  const shown = grouped(rows, "owed").map((group) => [group.heading, group.rows.map((one) => one.id)]);
  expect(shown).toEqual([["owed", ["overdue", "owed", "long"]]]);
  expect(rows.map((one) => isOverdue(one, Date.parse(minute(50))))).toEqual([false, true, true]);
  expect(isOverdue(early, Date.parse(minute(50)))).toBe(false);
});

test("a view holds what its name says", () => {
  const of = (view: Parameters<typeof inView>[1], rows: Row[]) =>
    rows.filter((one) => inView(one, view, "me")).map((one) => one.id);
  const mine = row("mine", { owner: me });
  expect(of("mine", [mine, early, row("theirs", { owner: other })])).toEqual(["mine"]);
  expect(of("mine", [row("over", { owner: me, state: "resolved" })])).toEqual([]);
  expect(of("unassigned", [mine, early, settled])).toEqual(["early"]);
  expect(of("waiting", everything)).toEqual(["late", "early"]);
  expect(of("owed", everything)).toEqual(["owed"]);
  expect(of("all", everything)).toHaveLength(5);
  expect(of("resolved", everything)).toEqual(["settled"]);
});

test("a clock is amber from 75 % of the target and red from 100 %", () => {
  expect([134_999, 135_000, 179_999, 180_000].map((waited) => waitTone(waited, 180))).toEqual([
    "plain",
    "amber",
    "amber",
    "red",
  ]);
});

test("what is owed is plain until half an hour before it is due", () => {
  const due = 100 * 60_000;
  expect([69.9, 70, 99.9, 100].map((at) => owedTone(due, at * 60_000))).toEqual([
    "plain",
    "amber",
    "amber",
    "red",
  ]);
});

test("the strip names who waits longest", () => {
  expect(longest(everything)?.id).toBe("early");
  expect(longest([answered])).toBeNull();
});

test("next goes on to the longest wait that nobody else has, and round again", () => {
  const theirs = row("theirs", { waiting_since: minute(0), owner: other });
  expect(nextWaiting([theirs, late, early], "me", null)?.id).toBe("early");
  expect(nextWaiting([theirs, late, early], "me", "early")?.id).toBe("late");
  expect(nextWaiting([theirs, late, early], "me", "late")?.id).toBe("early");
  expect(nextWaiting([theirs, early], "me", "early")?.id).toBe("theirs");
  expect(nextWaiting([early], "me", "early")).toBeNull();
  expect(nextWaiting([], "me", null)).toBeNull();
});

test("moving stops at both ends", () => {
  expect(neighbour(["a", "b"], null, 1)).toBe("a");
  expect(neighbour(["a", "b"], "b", 1)).toBe("b");
  expect(neighbour(["a", "b"], "b", -1)).toBe("a");
  expect(neighbour([], null, 1)).toBeNull();
});

test("finding forgives accents and looks into name, webinar and last line", () => {
  const person = row("x", {
    person: { name: "Łukasz Szczęśniak", initials: "ŁS", tint: 1 },
    last_line: "Faktura",
  });
  expect(matching([person, early], "lukasz szczesniak")).toEqual([person]);
  expect(matching([person], "bread faktura")).toEqual([person]);
  expect(matching([person], "nobody")).toEqual([]);
});

test("under the pointer the list stands still and counts what is new", () => {
  const frozen = grouped([early, answered]);
  const again = { ...answered, waiting_since: minute(8), last_line: "And one more" };
  const rows = new Map([early, again, late].map((one) => [one.id, one]));
  const live = grouped([...rows.values()]);
  expect(shownOf(frozen, live, rows).map((group) => group.rows.map((one) => one.id))).toEqual([
    ["early"],
    ["answered"],
  ]);
  expect(shownOf(frozen, live, rows)[1]?.rows[0]?.last_line).toBe("And one more");
  expect(freshOf(frozen, live).map((one) => one.id)).toEqual(["answered", "late"]);
  expect(shownOf(null, live, rows)).toBe(live);
  expect(freshOf(null, live)).toEqual([]);
});
