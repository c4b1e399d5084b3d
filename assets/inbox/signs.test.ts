import { afterEach, expect, test, vi } from "vitest";
import { Signs } from "./signs";

afterEach(() => vi.useRealTimers());

test("F-19 dots end six seconds after the last sign, and at once when the message is here", () => {
  vi.useFakeTimers();
  const signs = new Signs("me");
  signs.heard("Dana", null);
  vi.advanceTimersByTime(3_000);
  signs.heard("Dana", null);
  vi.advanceTimersByTime(5_900);
  expect(signs.attendee.value).toBe(true);
  vi.advanceTimersByTime(200);
  expect(signs.attendee.value).toBe(false);
  signs.heard("Alice", "alice");
  signs.heard("Me", "me");
  expect(signs.team.value).toBe("Alice");
  signs.wrote(true);
  expect(signs.team.value).toBeNull();
});
