/** On a shared computer nothing that one attendee typed is left for the next. */

const MARK = "holder";
const THEIRS = /^(draft|outbox|replay):/;

/** Forgets what is kept of anybody but `holder`; to be called before any of it is read. */
export function forgetOthers(
  holder: string,
  stores: () => Storage[] = () => [sessionStorage, localStorage],
): void {
  try {
    for (const store of stores()) {
      if (store.getItem(MARK) !== holder) {
        const keys = Array.from({ length: store.length }, (_, place) => store.key(place) ?? "");
        for (const key of keys) if (THEIRS.test(key)) store.removeItem(key);
        store.setItem(MARK, holder);
      }
    }
  } catch {
    // Storage refused: nothing is kept of anybody.
  }
}
