/** Finds what the server left for an island: its mount point and the JSON beside it. */

/** The parsed content of `<script type="application/json" id={id}>`; throws when the page has none. */
export function readData<T>(id: string): T {
  const text = document.getElementById(id)?.textContent;
  if (!text) throw new Error(`This page has no data block #${id}`);
  return JSON.parse(text) as T;
}

/** The element with this id, emptied of its skeleton; throws when the page has none. */
export function mountPoint(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`This page has no mount point #${id}`);
  element.replaceChildren();
  return element;
}
