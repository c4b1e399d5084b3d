import { describe, expect, it } from "vitest";
import { forgetOthers } from "./holder";

function store(entries: Record<string, string>): Storage {
  const kept = new Map(Object.entries(entries));
  return {
    get length() {
      return kept.size;
    },
    key: (place) => [...kept.keys()][place] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
  };
}

const THEIRS = { "draft:1": "my secret", "outbox:1": "[]", "replay:1": "12", "matinee-theme": "night" };

describe("what is kept for an attendee", () => {
  it("is gone when somebody else comes (F-21), their own choice of light is not", () => {
    const kept = store({ ...THEIRS, holder: "dana" });
    forgetOthers("eve", () => [kept]);
    expect(Object.keys(THEIRS).filter((key) => kept.getItem(key) !== null)).toEqual(["matinee-theme"]);
    expect(kept.getItem("holder")).toBe("eve");
  });

  it("stays for the one whose it is", () => {
    const kept = store({ ...THEIRS, holder: "dana" });
    forgetOthers("dana", () => [kept]);
    expect(kept.getItem("draft:1")).toBe("my secret");
  });

  it("is no error where storage is refused", () => {
    expect(() =>
      forgetOthers("dana", () => {
        throw new DOMException("refused");
      }),
    ).not.toThrow();
  });
});
