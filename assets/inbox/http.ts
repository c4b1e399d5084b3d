/** Asks the inbox's doors for JSON where the socket does not bring it. */
import { csrfToken } from "../shared/csrf";
import type { TeamMessage } from "../shared/protocol";

const PAGE = 200;

/** The parsed answer; throws when there is none, so that what asked tries again later. */
export async function get<T>(url: string): Promise<T> {
  const response = await fetch(url, {
    headers: { Accept: "application/json" },
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return (await response.json()) as T;
}

/** Every line of a conversation after a number, page by page. */
export async function linesAfter(address: string, after: number): Promise<TeamMessage[]> {
  const found: TeamMessage[] = [];
  for (;;) {
    const from = found.at(-1)?.seq ?? after;
    const page = await get<{ messages: TeamMessage[] }>(`${address}?after=${from}`);
    found.push(...page.messages);
    if (page.messages.length < PAGE) return found;
  }
}

/** The parsed answer to a form, also that of a refusal; throws when there is none. */
export async function post<T>(url: string, fields: Record<string, string>): Promise<T> {
  const response = await fetch(url, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
    body: new URLSearchParams(fields),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok && response.status !== 409) throw new Error(`HTTP ${response.status}`);
  return (await response.json()) as T;
}
