/** The emoji picker over a composer; this module and its data come when it is first opened. */

import en from "emoji-picker-element/i18n/en.js";
import fr from "emoji-picker-element/i18n/fr.js";
import pl from "emoji-picker-element/i18n/pl.js";
import Picker from "emoji-picker-element/picker.js";

const WORDS = { en, fr, pl };
const MARGIN = 8;

let box: HTMLElement | null = null;
let chosen: (emoji: string) => void = () => {};
let opener: HTMLElement | null = null;

/** Opens it beside `button`, or closes it; `choose` is told which emoji, after which it is closed. */
export function toggle(button: HTMLElement, choose: (emoji: string) => void): void {
  const open = made();
  chosen = choose;
  opener = button;
  if (open.matches(":popover-open")) {
    open.hidePopover();
    return;
  }
  open.showPopover();
  place(open, button);
  // The search field is inside a shadow, and there one frame later.
  requestAnimationFrame(() => {
    const search = open.querySelector("emoji-picker")?.shadowRoot?.querySelector("input");
    if (!search) return;
    if (search.value) {
      search.value = "";
      search.dispatchEvent(new Event("input"));
    }
    search.focus();
  });
}

function made(): HTMLElement {
  if (box) return box;
  const language = document.documentElement.lang.slice(0, 2);
  const locale = language === "fr" || language === "pl" ? language : "en";
  const picker = new Picker({
    locale,
    i18n: WORDS[locale],
    dataSource: new URL(`emoji/${locale}.json`, import.meta.url).href,
  });
  const night = getComputedStyle(document.documentElement).colorScheme === "dark";
  picker.className = night ? "dark" : "light";
  picker.addEventListener("emoji-click", (event) => {
    const emoji = event.detail.unicode;
    box?.hidePopover();
    if (emoji) chosen(emoji);
  });
  box = document.createElement("div");
  box.className = "emoji-box";
  box.popover = "auto";
  box.addEventListener("keydown", closeOnEscape, true);
  box.append(picker);
  document.body.append(box);
  return box;
}

/** One press, also where the field of the search would take it to empty itself. */
function closeOnEscape(event: KeyboardEvent): void {
  if (event.key !== "Escape") return;
  event.preventDefault();
  event.stopPropagation();
  box?.hidePopover();
  opener?.focus();
}

/** Above the button, inside the window. Set through the object model, which a strict policy lets pass. */
function place(open: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const { width, height } = open.getBoundingClientRect();
  const left = Math.min(Math.max(MARGIN, at.left), innerWidth - width - MARGIN);
  const top = Math.max(MARGIN, at.top - height - MARGIN);
  open.style.left = `${Math.max(0, left)}px`;
  open.style.top = `${top}px`;
}
