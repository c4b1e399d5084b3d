/** Loads the page again when it is out of date, but never in a circle. */

const KEY = "reloaded";
const CALM = 30_000;

/** Once in half a minute; asked more often, it waits for its turn. */
export function reloadOnce(): void {
  const waited = Date.now() - Number(sessionStorage.getItem(KEY) ?? 0);
  if (waited < CALM) {
    setTimeout(reloadOnce, CALM - waited + 100);
    return;
  }
  sessionStorage.setItem(KEY, String(Date.now()));
  location.reload();
}
