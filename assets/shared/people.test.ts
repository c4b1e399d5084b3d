import { expect, test } from "vitest";
import { initials, tint } from "./people";

test("initials are of the first and the last word", () => {
  expect(initials("Zofia Brzęczyszczykiewicz-Nowak")).toBe("ZB");
  expect(initials("  łukasz  maria szczęśniak ")).toBe("ŁS");
  expect(initials("Théo")).toBe("T");
  expect(initials("")).toBe("");
});

test("the tint is the one the templates compute", () => {
  expect([tint("Marta Kowalczyk"), tint("Zofia"), tint("")]).toEqual([2, 4, 1]);
});
