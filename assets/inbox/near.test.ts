import { expect, test } from "vitest";
import { forget, taken, took } from "./near";

test("an entry is counted with the first message that is sent, and only there", () => {
  took("a", 7);
  expect(taken("b")).toBeNull();
  expect(taken("a")).toBe(7);
  expect(taken("a")).toBeNull();
});

test("whoever empties the draft has not used the entry", () => {
  took("a", 7);
  forget("a");
  expect(taken("a")).toBeNull();
});
