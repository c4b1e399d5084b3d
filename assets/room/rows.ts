/** What stands in the thread, in order: messages as the server numbered them, then what is still on its way. */
import type { Unsent } from "../shared/outbox";
import type { PublicMessage } from "../shared/protocol";

const TOGETHER = 3 * 60_000;

export type Row =
  | { type: "day"; key: string; at: string }
  | { type: "message"; key: string; message: PublicMessage; together: boolean }
  | { type: "unsent"; key: string; unsent: Unsent };

/** `dayOf` names the day of an instant in the reader's zone; `now` is the server's time. */
export function rowsOf(
  messages: PublicMessage[],
  unsent: Unsent[],
  dayOf: (at: string | number) => string,
  now: number,
): Row[] {
  const rows: Row[] = [];
  let day = messages.length > 0 ? "" : dayOf(now);
  let before: PublicMessage | null = null;
  for (const message of messages) {
    const its = dayOf(message.at);
    // A thread of today alone needs no line that says so.
    const said = day === "" ? its !== dayOf(now) : its !== day;
    if (said) rows.push({ type: "day", key: `day-${message.seq}`, at: message.at });
    const together = !said && before !== null && belongTogether(before, message);
    rows.push({ type: "message", key: message.ref ?? `seq-${message.seq}`, message, together });
    day = its;
    before = message;
  }
  const known = new Set(messages.map((message) => message.ref));
  for (const entry of unsent) {
    if (!known.has(entry.ref)) rows.push({ type: "unsent", key: entry.ref, unsent: entry });
  }
  return rows;
}

/** Whether the second needs no name and no face of its own. */
function belongTogether(first: PublicMessage, second: PublicMessage): boolean {
  if (first.kind !== "moderator" || second.kind !== "moderator") return false;
  if (first.withdrawn || second.withdrawn || second.reply_to !== null) return false;
  if (first.author?.name !== second.author?.name) return false;
  return Date.parse(second.at) - Date.parse(first.at) < TOGETHER;
}
