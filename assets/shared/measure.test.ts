import { expect, test } from "vitest";
import { Speed, size, timeLeft } from "./measure";

test("sizes are read as file managers show them", () => {
  expect([size(900), size(1_240_000_000), size(61_200_000), size(512_000)]).toEqual([
    "900 B",
    "1.24 GB",
    "61.2 MB",
    "512 kB",
  ]);
});

test("what is left is coarser the longer it takes", () => {
  expect(timeLeft(101)).toBe("about 1 min 40 s left");
  expect(timeLeft(3)).toBe("about 5 s left");
  expect(timeLeft(1490)).toBe("about 25 min left");
  expect(timeLeft(5000)).toBe("about 1 h 23 min left");
});

test("speed is that of the last ten seconds", () => {
  const speed = new Speed();
  expect(speed.note(0, 0)).toBe(0);
  expect(speed.note(2_000_000, 2000)).toBe(1_000_000);
  expect(speed.note(4_000_000, 13_000)).toBe(0);
  expect(speed.note(8_000_000, 15_000)).toBe(2_000_000);
});
