/** What a moderator has begun to write: kept in the tab over a reload, and what holds it back. */

export interface Draft {
  text: string;
  /** The number that was in front of the writer when they began. */
  began: number;
}

/** A reply that was not sent because somebody else answered meanwhile. */
export interface Held {
  name: string;
  /** Lines after this number are new to the writer. */
  after: number;
}

export function recall(key: string): Draft | null {
  return JSON.parse(sessionStorage.getItem(key) ?? "null") as Draft | null;
}

export function keep(key: string, draft: Draft): void {
  if (draft.text) sessionStorage.setItem(key, JSON.stringify(draft));
  else sessionStorage.removeItem(key);
}
