import { expect, test } from "vitest";
import type { Unsent } from "../shared/outbox";
import type { PublicMessage } from "../shared/protocol";
import { rowsOf } from "./rows";

const day = (at: string | number) => new Date(at).toISOString().slice(0, 10);
const NOW = Date.parse("2026-03-10T12:30:00Z");

function message(seq: number, at: string, more: Partial<PublicMessage> = {}): PublicMessage {
  return {
    seq,
    kind: "moderator",
    author: { name: "Bob", initials: "B", tint: 1, photo: null },
    automatic: false,
    reason: null,
    text: "",
    at,
    position: null,
    ref: null,
    reply_to: null,
    edited_at: null,
    withdrawn: false,
    change: null,
    ...more,
  };
}

const unsent = (ref: string): Unsent => ({ ref, text: "Hi", state: "sending", reason: "", at: NOW });
const shape = (rows: ReturnType<typeof rowsOf>) => rows.map((row) => row.type);

test("a line of the same moderator soon afterwards shares the face", () => {
  const rows = rowsOf(
    [
      message(1, "2026-03-10T12:00:00Z"),
      message(2, "2026-03-10T12:01:00Z"),
      message(3, "2026-03-10T12:09:00Z"),
    ],
    [],
    day,
    NOW,
  );
  expect(rows.map((row) => row.type === "message" && row.together)).toEqual([false, true, false]);
});

test("what somebody else or nobody wrote stands alone", () => {
  const carol = { author: { name: "Carol", initials: "C", tint: 2, photo: null } };
  const rows = rowsOf(
    [
      message(1, "2026-03-10T12:00:00Z"),
      message(2, "2026-03-10T12:00:10Z", carol),
      message(3, "2026-03-10T12:00:20Z", { kind: "autoresponder", automatic: true, author: null }),
      message(4, "2026-03-10T12:00:30Z", { kind: "autoresponder", automatic: true, author: null }),
    ],
    [],
    day,
    NOW,
  );
  expect(rows.some((row) => row.type === "message" && row.together)).toBe(false);
});

test("days are named between messages, and before those of an earlier day", () => {
  const today = message(2, "2026-03-10T12:00:00Z");
  expect(shape(rowsOf([today], [], day, NOW))).toEqual(["message"]);
  const older = message(1, "2026-03-09T12:00:00Z");
  expect(shape(rowsOf([older, today], [], day, NOW))).toEqual(["day", "message", "day", "message"]);
});

test("M2 what the server shows is not shown a second time as unsent, and keeps its key", () => {
  const mine = message(1, "2026-03-10T12:00:00Z", { kind: "attendee", ref: "a" });
  expect(rowsOf([mine], [unsent("a"), unsent("b")], day, NOW).map((row) => row.key)).toEqual(["a", "b"]);
  expect(shape(rowsOf([], [unsent("a")], day, NOW))).toEqual(["unsent"]);
});
