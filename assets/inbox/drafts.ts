/** What a moderator has begun to write: kept in the tab over a reload, and what holds it back. */
import { fileIds, type Unsent } from "../shared/outbox";

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

/** What of a message on its way goes to the server. */
export function sent(conversation: string, entry: Unsent): Record<string, unknown> {
  return {
    conversation,
    text: entry.text,
    base_seq: entry.extra?.base ?? null,
    faq: entry.extra?.faq ?? null,
    ...fileIds(entry),
    reply_to: entry.extra?.reply_to ?? null,
    is_holding: entry.extra?.holding === true,
  };
}
