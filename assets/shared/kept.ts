/** Small things that a browser keeps for its owner; nothing depends on them. */

/** What this browser kept under a name; empty where it keeps nothing. */
export function recall(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

/** Keeps a value in this browser, where it lets us. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Private windows may forbid it.
  }
}
