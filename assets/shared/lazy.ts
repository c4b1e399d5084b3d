/** Loads a part of a page when it is first wanted. */
import { useEffect, useState } from "preact/hooks";

/** What `load` brings, once `wanted`; null until then, and where it cannot be loaded. */
export function useLazy<T>(wanted: boolean, load: () => Promise<T>): T | null {
  const [part, setPart] = useState<{ it: T } | null>(null);
  useEffect(() => {
    if (!wanted || part) return;
    let here = true;
    load()
      .then((it) => here && setPart({ it }))
      .catch(() => {}); // without a connection it is tried again when the part is next wanted
    return () => {
      here = false;
    };
  }, [wanted]);
  return part?.it ?? null;
}
