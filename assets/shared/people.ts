/** Initials and tint of a person without a picture, the same as the templates compute them. */

/** One or two capital letters: first and last word of the name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return ends.map((word) => [...(word ?? "")][0]?.toLocaleUpperCase() ?? "").join("");
}

/** 1 to 4, for the classes av-1 to av-4; always the same for the same name. */
export function tint(name: string): number {
  let sum = 0;
  for (const [place, letter] of [...name].entries()) sum += (place + 1) * (letter.codePointAt(0) ?? 0);
  return (sum % 4) + 1;
}
