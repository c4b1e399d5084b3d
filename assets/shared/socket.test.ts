import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FINAL } from "./line";
import { backOff, ReturningSocket } from "./socket";

/** The browser's end of a line, in the test's hands. */
class Wire {
  static readonly OPEN = 1;
  static all: Wire[] = [];
  readyState = 0;
  sent: string[] = [];
  onopen: () => void = () => undefined;
  onclose: (event: { code: number }) => void = () => undefined;
  onmessage: (event: { data: string }) => void = () => undefined;
  constructor(readonly url: string) {
    Wire.all.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.readyState = 3;
  }
  opens(): void {
    this.readyState = 1;
    this.onopen();
  }
  closes(code: number): void {
    this.readyState = 3;
    this.onclose({ code });
  }
}

const last = () => Wire.all[Wire.all.length - 1] as Wire;

function listening() {
  const heard = { opened: 0, said: [] as string[], closed: [] as number[] };
  const socket = new ReturningSocket("ws://host/ws/", {
    opened: () => {
      heard.opened += 1;
    },
    said: (text) => heard.said.push(text),
    closed: (code) => heard.closed.push(code),
    final: (code) => FINAL.has(code),
  });
  return { heard, socket };
}

beforeEach(() => {
  vi.useFakeTimers();
  Wire.all = [];
  vi.stubGlobal("WebSocket", Wire);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("the pause is random, 0.5 s doubling to 20 s, and none before the first try", () => {
  expect(backOff(0)).toBe(0);
  expect(backOff(1, () => 1)).toBe(500);
  expect(backOff(2, () => 1)).toBe(1_000);
  expect(backOff(50, () => 0.999)).toBeLessThan(20_000);
  expect(backOff(3, () => 0)).toBe(0);
});

test.each([4400, 4401, 4403, 4404, 4409])("a close with %i is final", (code) => {
  const { heard } = listening();
  last().opens();
  last().closes(code);
  vi.advanceTimersByTime(60_000);
  expect(heard.closed).toEqual([code]);
  expect(Wire.all.length).toBe(1);
});

test.each([1001, 1006, 1009, 1011, 1012, 1013, 4408, 4429])("a close with %i is tried again", (code) => {
  const { heard } = listening();
  last().opens();
  last().closes(code);
  vi.advanceTimersByTime(500);
  expect(Wire.all.length).toBe(2);
  last().opens();
  expect(heard.opened).toBe(2);
});

test("a thousand pages that lose their line come back spread over half a second", () => {
  const at = Array.from({ length: 1_000 }, () => backOff(1));
  const slots = new Array(10).fill(0);
  for (const wait of at) slots[Math.min(9, Math.floor(wait / 50))] += 1;
  expect(Math.max(...slots)).toBeLessThan(200); // even would be 100 in each
});

test("a line that neither opens nor fails is given up after ten seconds", () => {
  const { heard } = listening();
  vi.advanceTimersByTime(10_600);
  expect(heard.closed).toEqual([1006]);
  expect(Wire.all.length).toBe(2);
});

test("a line that was let go of is not heard any more", () => {
  const { heard, socket } = listening();
  const old = last();
  old.opens();
  socket.again();
  old.onmessage({ data: "late" });
  old.closes(1006);
  expect(heard.said).toEqual([]);
  expect(heard.closed).toEqual([]);
  last().opens();
  last().onmessage({ data: "new" });
  socket.send("word");
  expect(heard.said).toEqual(["new"]);
  expect(last().sent).toEqual(["word"]);
  expect(old.sent).toEqual([]);
});
