/** `:smile:` becomes the emoji; `:)` stays as it was typed. The table is loaded when the first colon is. */

const NAMED = /:([a-z+-][a-z0-9_+-]{1,40}):/g;
let table: Record<string, string> | null = null;
let asked = false;

/** The text with every known name in colons replaced; as it is while the table is not there. */
export function withEmoji(text: string): string {
  if (!text.includes(":")) return text;
  if (!table) void load();
  const known = table;
  if (!known) return text;
  return text.replace(NAMED, (whole, name: string) =>
    Object.hasOwn(known, name) ? (known[name] ?? whole) : whole,
  );
}

async function load(): Promise<void> {
  if (asked) return;
  asked = true;
  try {
    const response = await fetch(new URL("emoji/shortcodes.json", import.meta.url));
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    table = (await response.json()) as Record<string, string>;
  } catch {
    asked = false; // without a connection words go as they were typed
  }
}

/** Replaces names in a field while somebody types, and leaves the caret where it belongs; the new text. */
export function replaceIn(field: HTMLTextAreaElement): string {
  const { value } = field;
  const text = withEmoji(value);
  if (text !== value) {
    const caret = withEmoji(value.slice(0, field.selectionStart)).length;
    field.value = text;
    field.setSelectionRange(caret, caret);
  }
  return text;
}
