import { expect, test } from "vitest";
import { phaseAt, positionAt, type Times, timesOf, untilNext } from "./phase";

const START = Date.parse("2026-03-10T12:00:00.000Z");
const shared: Times = { startsAt: START, closesAt: START + 90_000, duration: 60, replay: false };

test("each phase begins at its first instant and ends before the next one's", () => {
  expect(phaseAt(shared, START - 1)).toBe("early");
  expect(phaseAt(shared, START)).toBe("playing");
  expect(phaseAt(shared, START + 59_999)).toBe("playing");
  expect(phaseAt(shared, START + 60_000)).toBe("exit");
  expect(phaseAt(shared, START + 89_999)).toBe("exit");
  expect(phaseAt(shared, START + 90_000)).toBe("over");
});

test("a clock that nobody opened waits", () => {
  expect(phaseAt({ ...shared, startsAt: null, closesAt: null }, START)).toBe("early");
  expect(untilNext({ ...shared, startsAt: null, closesAt: null }, START)).toBeNull();
});

test("a replay plays until it expires", () => {
  const replay = { ...shared, replay: true };
  expect(phaseAt(replay, START + 80_000)).toBe("playing");
  expect(phaseAt(replay, START + 90_000)).toBe("over");
  expect(phaseAt({ ...replay, closesAt: null }, START + 1e12)).toBe("playing");
  expect(untilNext(replay, START + 1)).toBe(89_999);
});

test("without an exit room the end of the film is the end", () => {
  expect(phaseAt({ ...shared, closesAt: START + 60_000 }, START + 60_000)).toBe("over");
});

test("the position is the time since the start, within the film", () => {
  expect(positionAt(shared, START - 5000)).toBe(0);
  expect(positionAt(shared, START + 12_345)).toBe(12.345);
  expect(positionAt(shared, START + 600_000)).toBe(60);
  expect(positionAt({ ...shared, startsAt: null }, START)).toBe(0);
});

test("the next change is the nearest that is still to come", () => {
  expect(untilNext(shared, START - 1000)).toBe(1000);
  expect(untilNext(shared, START)).toBe(60_000);
  expect(untilNext(shared, START + 60_000)).toBe(30_000);
  expect(untilNext(shared, START + 90_000)).toBeNull();
});

test("times come from the session's instants", () => {
  const times = timesOf({
    kind: "on_demand",
    starts_at: "2026-03-10T12:00:00.000Z",
    ends_at: null,
    closes_at: null,
    duration: 60,
    exit_seconds: 900,
    doors_at: null,
  });
  expect(times).toEqual({ startsAt: START, closesAt: null, duration: 60, replay: false });
});
