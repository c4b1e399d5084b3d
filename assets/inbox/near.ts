/** Which entry of the host's list a draft was taken from, until it is sent: its use is counted then. */

const drafts = new Map<string, number>();

/** The draft of this conversation now holds an entry's answer. */
export function took(conversation: string, entry: number): void {
  drafts.set(conversation, entry);
}

/** The draft is empty: whatever is written next is the writer's own. */
export function forget(conversation: string): void {
  drafts.delete(conversation);
}

/** The entry of the draft that is being sent, once; null for the writer's own words. */
export function taken(conversation: string): number | null {
  const entry = drafts.get(conversation) ?? null;
  drafts.delete(conversation);
  return entry;
}
