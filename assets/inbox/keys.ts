/** The keys of the inbox: letters act only outside fields, Ctrl Enter only in them. */
import { gettext } from "../shared/i18n";

export type Act =
  | "down"
  | "up"
  | "next"
  | "claim"
  | "reply"
  | "resolve"
  | "draft"
  | "search"
  | "status"
  | "help"
  | "send"
  | "undo"
  | "leave";

export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  isComposing?: boolean;
}

const LETTERS: Record<string, Act> = {
  j: "down",
  k: "up",
  n: "next",
  c: "claim",
  r: "reply",
  e: "resolve",
  z: "undo",
  d: "draft",
  "/": "search",
  s: "status",
  "?": "help",
};

/** What a press means; null: nothing, the browser may have it. `inField`: a text is being written. */
export function actOf(press: Press, inField: boolean): Act | null {
  if (press.isComposing) return null;
  if (press.key === "Escape") return "leave";
  if (press.key === "Enter" && (press.ctrlKey || press.metaKey)) return inField ? "send" : null;
  // Where nothing can be taken back the browser undoes what was typed, as ever.
  if (press.key.toLowerCase() === "z" && (press.ctrlKey || press.metaKey)) return "undo";
  if (inField || press.ctrlKey || press.metaKey || press.altKey) return null;
  return LETTERS[press.key.length === 1 ? press.key.toLowerCase() : press.key] ?? null;
}

/** Whether somebody types in this element. */
export function isField(element: Element | null): boolean {
  if (!(element instanceof HTMLElement)) return false;
  if (element.isContentEditable || element instanceof HTMLTextAreaElement) return true;
  if (element instanceof HTMLSelectElement) return true;
  return (
    element instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(element.type)
  );
}

/** The list that `?` opens. */
export function keyList(): [string[], string][] {
  return [
    [["J", "K"], gettext("Move down and up the list")],
    [["Enter"], gettext("Open")],
    [["N"], gettext("Next who waits")],
    [["C"], gettext("Claim")],
    [["R"], gettext("Reply")],
    [["Ctrl Enter"], gettext("Send")],
    [["Z"], gettext("Take back what goes out in 5 s; in the field Ctrl Z")],
    [["E"], gettext("Resolve, or open again")],
    [["D"], gettext("Ask for a draft, where that is on")],
    [["S"], gettext("Available, busy, away or a break")],
    [["/"], gettext("Find in the list")],
    [["Esc"], gettext("Leave the field")],
    [["?"], gettext("This list")],
  ];
}
