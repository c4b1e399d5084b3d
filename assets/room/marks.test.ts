import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LineState } from "../shared/line";
import { Marks } from "./marks";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function tab(last: () => number, looking: () => boolean) {
  const told: [string, unknown][] = [];
  const line = {
    state: signal<LineState>("open"),
    tell: (type: string, data: Record<string, unknown> = {}) => {
      told.push([type, data.seq]);
    },
  };
  return { marks: new Marks(0, null, line, last, looking), told, line };
}

test("F-32 a hidden tab never says that something was read, and says once a second what it has", () => {
  let last = 3;
  let looking = false;
  const { marks, told } = tab(
    () => last,
    () => looking,
  );
  marks.markRead();
  marks.markDelivered();
  last = 5;
  marks.markDelivered();
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual([["delivered", 5]]);
  looking = true;
  marks.markRead();
  expect(told.at(-1)).toEqual(["read", 5]);
});

test("F-32 what another tab has read is not said again, and never goes back", () => {
  const { marks, told } = tab(
    () => 4,
    () => true,
  );
  marks.heardRead(4);
  marks.heardRead(2);
  marks.markRead();
  marks.markDelivered();
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual([]);
});

test("without a line nothing is said, and it is made up for afterwards", () => {
  const { marks, told, line } = tab(
    () => 2,
    () => true,
  );
  line.state.value = "waiting";
  marks.markRead();
  marks.markDelivered();
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual([]);
  line.state.value = "open";
  marks.markRead();
  expect(told).toEqual([["read", 2]]);
});
