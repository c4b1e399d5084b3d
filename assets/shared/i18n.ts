/** Texts of the scripts go through gettext, so that a catalogue loaded before them can translate. */

interface Catalogue {
  gettext?: (text: string) => string;
  ngettext?: (one: string, many: string, count: number) => string;
}

const catalogue = globalThis as typeof globalThis & Catalogue;

/** The text in the page's language; the English one without a catalogue. */
export function gettext(text: string): string {
  return catalogue.gettext?.(text) ?? text;
}

/** The form for this number in the page's language. */
export function ngettext(one: string, many: string, count: number): string {
  return catalogue.ngettext?.(one, many, count) ?? (count === 1 ? one : many);
}

/** Fills `%(name)s` the way Django's catalogue writes it. */
export function interpolate(text: string, values: Record<string, string | number>): string {
  return text.replace(/%\((\w+)\)s/g, (whole, name: string) => String(values[name] ?? whole));
}
