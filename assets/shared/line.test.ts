import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ServerClock } from "./clock";
import { type Frame, Line } from "./line";

/** A socket that opens by itself and says nothing more: a line that looks alive and is deaf (M5 d). */
class Deaf {
  static readonly OPEN = 1;
  static all: Deaf[] = [];
  readyState = 0;
  sent: Frame[] = [];
  onopen: () => void = () => undefined;
  onclose: (event: { code: number }) => void = () => undefined;
  onmessage: (event: { data: string }) => void = () => undefined;
  constructor() {
    Deaf.all.push(this);
    setTimeout(() => {
      this.readyState = 1;
      this.onopen();
    }, 1);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.readyState = 3;
  }
}

const page = { visibilityState: "visible", addEventListener: () => undefined, cookie: "" };

function line(): Line {
  return new Line({
    socketUrl: "/ws/room/1/",
    commandsUrl: "/r/1/commands/",
    clock: new ServerClock(new Date(0).toISOString()),
    hello: () => ({ type: "hello", data: { last: 4, epoch: "" } }),
    heard: () => undefined,
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  Deaf.all = [];
  page.visibilityState = "visible";
  vi.stubGlobal("WebSocket", Deaf);
  vi.stubGlobal("document", page);
  vi.stubGlobal("location", { href: "https://host/r/1/room/" });
  vi.stubGlobal("addEventListener", () => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test.each([
  ["visible", 25_000],
  ["hidden", 55_000],
])("M5 a line that is deaf is left for a new one, in a %s page within %i ms", (seen, within) => {
  page.visibilityState = seen;
  line();
  vi.advanceTimersByTime(within);
  expect(Deaf.all.length).toBeGreaterThan(1);
});

test("M3 each new line begins with a hello that says how far this page is", () => {
  line();
  vi.advanceTimersByTime(30_000);
  for (const socket of Deaf.all.slice(0, -1)) {
    expect(socket.sent[0]).toEqual({ type: "hello", data: { last: 4, epoch: "" } });
  }
});

test("M9 what was asked and not answered goes out again on the next line, under the same ref", () => {
  const made = line();
  vi.advanceTimersByTime(10);
  void made.ask("message.post", { text: "kept" }, "ref-1").catch(() => undefined);
  expect(Deaf.all[0]?.sent.at(-1)).toMatchObject({ ref: "ref-1" });
  Deaf.all[0]?.onclose({ code: 1006 });
  vi.advanceTimersByTime(600);
  expect(Deaf.all[1]?.sent.filter((frame) => frame.ref === "ref-1")).toHaveLength(1);
});

test.each([
  [1012, "waiting"],
  [4401, "ended"],
  [4409, "ended"],
])("a close with %i leaves the line %s", (code, state) => {
  const made = line();
  vi.advanceTimersByTime(10);
  expect(made.state.value).toBe("open");
  Deaf.all[0]?.onclose({ code });
  expect(made.state.value).toBe(state);
  expect(made.closeCode.value).toBe(code);
});
