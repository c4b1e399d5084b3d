/** Asks the inbox's doors for JSON where the socket does not bring it. */

/** The parsed answer; throws when there is none, so that what asked tries again later. */
export async function get<T>(url: string): Promise<T> {
  const response = await fetch(url, {
    headers: { Accept: "application/json" },
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return (await response.json()) as T;
}
