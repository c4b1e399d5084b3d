import { expect, test, vi } from "vitest";
import { withEmoji } from "./shortcode";

test("names in colons become an emoji once the table is here, everything else stays as it was typed", async () => {
  const table = { smile: "😄", "+1": "👍", tada: "🎉" };
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify(table)));
  expect(withEmoji("no colon, no table")).toBe("no colon, no table");
  expect(withEmoji("early :smile:")).toBe("early :smile:");
  await vi.waitFor(() => expect(withEmoji(":smile:")).toBe("😄"));
  expect(withEmoji(":+1: :tada::smile:")).toBe("👍 🎉😄");
  for (const text of [":)", ":-D", "at 10:30:45", ":nosuch:", ":constructor:", "https://a.b:80/:c"]) {
    expect(withEmoji(text)).toBe(text);
  }
  vi.unstubAllGlobals();
});
