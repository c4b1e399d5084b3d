import { expect, test } from "vitest";
import { actOf, keyList } from "./keys";
import { apart, clockTime, dayName, filmTime, span } from "./times";

const press = (key: string, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });

test("letters act only outside fields", () => {
  const keys = ["j", "k", "n", "c", "r", "e", "z", "/", "?"];
  expect(keys.map((key) => actOf(press(key), false))).toEqual([
    "down",
    "up",
    "next",
    "claim",
    "reply",
    "resolve",
    "undo",
    "search",
    "help",
  ]);
  expect(keys.map((key) => actOf(press(key), true))).toEqual(keys.map(() => null));
});

test("letters with a modifier stay the browser's", () => {
  expect(actOf(press("r", { ctrlKey: true }), false)).toBeNull();
  expect(actOf(press("c", { metaKey: true }), false)).toBeNull();
  expect(actOf(press("J"), false)).toBe("down");
});

test("A-071 what goes out is taken back by Z, and by Ctrl Z in a field", () => {
  expect(actOf(press("z"), false)).toBe("undo");
  expect(actOf(press("z", { ctrlKey: true }), true)).toBe("undo");
  expect(actOf(press("z"), true)).toBeNull();
});

test("Ctrl Enter sends from the field, Enter alone and while composing a letter does not", () => {
  expect(actOf(press("Enter", { ctrlKey: true }), true)).toBe("send");
  expect(actOf(press("Enter", { metaKey: true }), true)).toBe("send");
  expect(actOf(press("Enter"), true)).toBeNull();
  expect(actOf(press("Enter", { ctrlKey: true, isComposing: true }), true)).toBeNull();
  expect(actOf(press("Enter", { ctrlKey: true }), false)).toBeNull();
});

test("every key of the list does something", () => {
  const listed = keyList().flatMap(([keys]) => keys);
  const acting = listed.filter((key) => key.length === 1 && actOf(press(key), false) !== null);
  expect(acting).toEqual(["J", "K", "N", "C", "R", "Z", "E", "/", "?"]);
});

test("times read as people read them, in the moderator's zone", () => {
  const now = Date.parse("2026-10-22T12:07:00Z");
  expect(clockTime(now, "Europe/Warsaw")).toBe("14:07");
  expect(dayName("2026-10-22T00:10:00Z", now, "Europe/Warsaw")).toBe("Today");
  expect(dayName("2026-10-21T20:10:00Z", now, "Europe/Warsaw")).toBe("Yesterday");
  expect(apart("Europe/Paris", "Europe/Warsaw", now)).toBe("same as you");
  expect(apart("Asia/Kolkata", "Europe/Warsaw", now)).toBe("3.5 h ahead of you");
  expect(apart("America/New_York", "Europe/Warsaw", now)).toBe("6 h behind you");
  expect([filmTime(72), filmTime(3732)]).toEqual(["1:12", "1:02:12"]);
  expect([span(45), span(120), span(5400)]).toEqual(["45 s", "2 min", "1 h 30 min"]);
});
