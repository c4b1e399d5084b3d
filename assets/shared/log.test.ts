import { expect, test } from "vitest";
import { ServerClock } from "./clock";
import { Log } from "./log";

const line = (seq: number) => ({ seq });
const settled = () => new Promise((resolve) => setTimeout(resolve));

test("M3 each line is shown once and in order, whatever arrives twice or early", async () => {
  const server = [1, 2, 3, 4, 5].map(line);
  const log = new Log([line(1)], 1, async (after) => server.filter((item) => item.seq > after));
  log.take(line(2));
  log.take(line(2));
  log.take(line(5));
  log.take(line(4));
  await settled();
  expect(log.lines.value.map((item) => item.seq)).toEqual([1, 2, 3, 4, 5]);
});

test("M5 a head that is further than ours fetches what is missing", async () => {
  const log = new Log<{ seq: number }>([], 0, async () => [line(1), line(2)]);
  log.compare(2);
  await settled();
  expect(log.last).toBe(2);
});

test("M8 a change takes the place of the line it speaks of, also when it was missed, and is no line itself", async () => {
  const said = (seq: number, text: string, change: unknown = null) => ({ seq, text, change }) as Said;
  interface Said {
    seq: number;
    text: string;
    change: Said | null;
  }
  const server = [said(1, "one"), said(2, "two"), said(3, "", said(1, "better")), said(4, "", said(2, ""))];
  const log = new Log([said(1, "one"), said(2, "two")], 2, async (after) =>
    server.filter((item) => item.seq > after),
  );
  log.take(said(4, "", said(2, "")));
  await settled();
  expect(log.lines.value.map((item) => item.text)).toEqual(["better", ""]);
  expect(log.last).toBe(4);
  expect(new Log(server, 4, async () => []).lines.value).toEqual(log.lines.value);
  log.take(said(5, "", said(99, "of a line that is not here")));
  expect(log.lines.value).toHaveLength(2);
});

test("a failed fetch is tried again at the next comparison", async () => {
  let failing = true;
  const log = new Log<{ seq: number }>([], 0, async () => {
    if (failing) throw new Error("offline");
    return [line(1)];
  });
  log.compare(1);
  await settled();
  expect(log.last).toBe(0);
  failing = false;
  log.compare(1);
  await settled();
  expect(log.last).toBe(1);
});

test("the clock believes the quickest exchange, not the last one", () => {
  let own = 1_000_000;
  const clock = new ServerClock(new Date(2_000_000).toISOString(), () => own);
  clock.add(own, own + 20, new Date(1_500_010).toISOString());
  clock.add(own, own + 900, new Date(1_700_000).toISOString());
  own += 1_000;
  expect(clock.now()).toBe(1_501_000);
});
