// @vitest-environment node
import { beforeAll, expect, test, vi } from "vitest";

let time: typeof import("./time");

beforeAll(async () => {
  vi.stubGlobal("document", { documentElement: { dataset: {} }, title: "" });
  time = await import("./time");
});

test("a wait is shown in minutes and seconds, from an hour on with hours", () => {
  expect(time.stopwatch(401_000)).toBe("6:41");
  expect(time.stopwatch(4_001_000)).toBe("1:06:41");
  expect(time.stopwatch(-5)).toBe("0:00");
});

test("what is ahead is said in the unit a person would use", () => {
  expect(time.relative(4 * 60_000, "en")).toBe("in 4 minutes");
  expect(time.relative(19 * 3_600_000, "en")).toBe("in 19 hours");
  expect(time.relative(3 * 86_400_000, "fr")).toBe("dans 3 jours");
  expect(time.relative(20_000, "en")).toBe("in 20 seconds");
});
