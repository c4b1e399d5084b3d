import { expect, test } from "vitest";
import { cueAt, cuesOf } from "./cues";

const VTT = `WEBVTT

NOTE made by hand

1
00:01.000 --> 00:03.500 line:80%
<v Hélène>The cracked ones
lie flat.

01:00:00.250 --> 01:00:02.000
Salt &amp; bread &lt;3

00:05.000 --> 00:06.000

`;

test("cues have their seconds and plain words", () => {
  expect(cuesOf(VTT)).toEqual([
    { start: 1, end: 3.5, text: "The cracked ones lie flat." },
    { start: 3600.25, end: 3602, text: "Salt & bread <3" },
  ]);
  expect(cuesOf(VTT.replaceAll("\n", "\r\n"))).toHaveLength(2);
  expect(cuesOf("")).toEqual([]);
});

test("the spoken line is the last that has begun", () => {
  const cues = cuesOf(VTT);
  expect([0, 1, 100, 3601].map((position) => cueAt(cues, position))).toEqual([-1, 0, 0, 1]);
});
