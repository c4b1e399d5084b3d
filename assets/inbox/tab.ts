/** What this tab of the browser knows by itself: whether somebody looks, and what has not gone out. */

/** Somebody has the page in front of them. */
export function looking(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

/** Conversations with something that has not gone out, from before a reload. */
export function unsentIn(me: string): string[] {
  const prefix = `outbox:${me}:`;
  return Object.keys(sessionStorage)
    .filter((key) => key.startsWith(prefix) && (sessionStorage.getItem(key) ?? "[]") !== "[]")
    .map((key) => key.slice(prefix.length));
}
