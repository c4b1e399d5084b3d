import { expect, test } from "vitest";
import { Attach } from "./attach";
import type { SentFile } from "./protocol";

const LIMITS = { accept: ".pdf,.png", mostBytes: 1000 };

function sent(id: string): SentFile {
  return { id, name: `${id}.pdf`, type: "application/pdf", size: 9, width: null, height: null };
}

test("what went with a message that came back is beside the composer again, first and in its order", () => {
  const attach = new Attach("files:x", "/up/", "/files/", LIMITS);
  attach.putBack([sent("c")]);
  attach.putBack([sent("a"), sent("b")]);
  expect(attach.files.value.map((file) => file.key)).toEqual(["a", "b", "c"]);
  expect(attach.take().map((file) => file.id)).toEqual(["a", "b", "c"]);
  expect(attach.files.value).toEqual([]);
});

test("one that is not up yet holds the message back and is not taken", () => {
  const attach = new Attach("files:x", "/up/", "/files/", LIMITS);
  attach.putBack([sent("a")]);
  expect(attach.busy.value).toBe(false);
  attach.change("a", { state: "sending", sent: null });
  expect(attach.busy.value).toBe(true);
  expect(attach.take()).toEqual([]);
  expect(attach.files.value.length).toBe(1);
});
