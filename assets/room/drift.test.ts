import { expect, test } from "vitest";
import { Drift } from "./drift";

/** Plays for `seconds` from `drift` off; each jump costs `delay` seconds. Returns drift at the end, jumps, rates. */
function play(drift: number, seconds: number, { delay = 0.1, fresh = false } = {}) {
  const controller = new Drift();
  let expected = 100;
  let actual = expected + drift;
  let jumps = 0;
  const rates: number[] = [];
  if (fresh) controller.started(0);
  for (let now = 0; now < seconds * 1000; now += 250) {
    const { rate, seek } = controller.correct(expected, actual, now);
    if (seek !== null) {
      jumps += 1;
      actual = seek - delay;
    }
    rates.push(rate);
    expected += 0.25;
    actual += 0.25 * rate;
  }
  return { drift: actual - expected, jumps, rates };
}

test("a small drift is corrected by speed alone, within five hundredths", () => {
  for (const drift of [0.3, -0.3, 1.4, -1.4]) {
    const played = play(drift, 60);
    expect(played.jumps).toBe(0);
    expect(Math.abs(played.drift)).toBeLessThan(0.06);
    for (const rate of played.rates) expect(Math.abs(rate - 1)).toBeLessThanOrEqual(0.0501);
  }
});

test("more than a second and a half is jumped over, once", () => {
  const played = play(-20, 10);
  expect(played.jumps).toBe(1);
  expect(Math.abs(played.drift)).toBeLessThan(0.1);
});

test("just after the start a quarter of a second is enough for a jump", () => {
  expect(play(-0.4, 3, { fresh: true }).jumps).toBe(1);
  expect(play(-0.4, 3).jumps).toBe(0);
});

test("slow jumps aim further ahead and do not go on for ever", () => {
  const played = play(-20, 30, { delay: 0.9 });
  expect(played.jumps).toBeLessThanOrEqual(3);
  expect(Math.abs(played.drift)).toBeLessThan(0.25);
});

test("no drift, no change", () => {
  const played = play(0.01, 10);
  expect(played.jumps).toBe(0);
  expect(new Set(played.rates)).toEqual(new Set([1]));
});
