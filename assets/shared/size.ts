/** The size of a file in words. */

const UNITS = ["kilobyte", "megabyte", "gigabyte"];

/** 812 kB, 4.2 MB: as the page's language writes it. */
export function sizeText(bytes: number): string {
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const language = document.documentElement.lang || "en";
  const digits = value < 10 && unit > 0 ? 1 : 0;
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: UNITS[unit],
    maximumFractionDigits: digits,
  }).format(Math.max(value, 1));
}
