import { expect, test } from "vitest";
import table from "../../tests/tables/prompts.json";
import { decide, judge, type Prompt, passedBetween, type Situation } from "./prompts";

const NOW = 1_800_000_000_000;

function prompt(given: object): Prompt {
  const none = { seconds: null, idle: null, position: null, pages: null };
  const lists = { properties: [], pages_in: [], pages_out: [] };
  const rest = { join: "all", form_too: false, often: "once", days: 30, action: "chat" } as const;
  return { key: "p", text: "Ask us.", article: "", ...none, ...lists, ...rest, ...given };
}

interface Given {
  seen?: { at: number; session: string };
  quiet?: number;
  human?: number;
  question?: boolean;
}

function situation(given: Given & object): Situation {
  const { seen, quiet, human, question, ...rest } = given;
  const at = (seconds: number | undefined) => (seconds === undefined ? null : NOW + seconds * 1000);
  return {
    page: "registration",
    now: NOW,
    session: "",
    mode: "chat",
    seconds: 0,
    idle: 0,
    pages: 1,
    position: null,
    passed: [],
    properties: {},
    seen: seen ? { p: { at: NOW + seen.at * 1000, session: seen.session } } : {},
    quietUntil: at(quiet),
    questionOpen: question ?? false,
    humanAt: at(human),
    typing: false,
    showing: false,
    ...rest,
  };
}

test.each(table.map((row) => [row.name, row] as const))("%s", (_name, row) => {
  expect(judge(prompt(row.prompt), situation(row.situation as Given))).toBe(row.why);
});

test("the first in the host's order shows", () => {
  const first = { ...prompt({ seconds: 45 }), key: "a" };
  const second = { ...prompt({}), key: "b" };
  expect(decide([first, second], situation({}))?.key).toBe("b");
  expect(decide([first, second], situation({ seconds: 45 } as object))?.key).toBe("a");
});

test("a point is passed by play, not by a jump and not backwards", () => {
  expect(passedBetween([1930], 1929.9, 1930.2)).toEqual([1930]);
  expect(passedBetween([1930], 1930, 1930.2)).toEqual([]);
  expect(passedBetween([1930], 1900, 1935)).toEqual([]);
  expect(passedBetween([1930], 1935, 1900)).toEqual([]);
});
