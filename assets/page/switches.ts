/** Small things a page can do by itself: copy, day or night, the reader's time zone. */
import { gettext } from "../shared/i18n";
import { toast } from "./toast";

async function copy(button: HTMLElement): Promise<void> {
  const from = button.dataset.copyFrom && document.querySelector<HTMLElement>(button.dataset.copyFrom);
  const text = from
    ? ((from as HTMLInputElement).value ?? from.textContent ?? "")
    : (button.dataset.copy ?? "");
  try {
    await navigator.clipboard.writeText(text);
    toast(button.dataset.copied ?? gettext("Copied"), "done");
  } catch {
    toast(gettext("This browser does not let pages copy. Select the text and copy it by hand."), "harm");
  }
}

function startCopy(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-copy], [data-copy-from]");
    if (button) void copy(button);
  });
}

function isNight(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "matinee-night" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function startTheme(): void {
  for (const box of document.querySelectorAll<HTMLInputElement>("input[data-night]")) {
    box.checked = isNight();
    box.closest("[hidden]")?.removeAttribute("hidden");
    box.addEventListener("change", () => {
      const theme = box.checked ? "matinee-night" : "matinee-day";
      document.documentElement.dataset.theme = theme;
      try {
        localStorage.setItem("matinee-theme", theme);
      } catch {
        // Storage refused: the choice lasts as long as the page.
      }
    });
  }
}

/** Fills `input[data-zone]`, and shows `[data-zone-url]` again in the browser's zone where the server guessed. */
function startZone(): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone) return;
  for (const input of document.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[data-zone]")) {
    const known =
      input instanceof HTMLInputElement || [...input.options].some((option) => option.value === zone);
    if (known) input.value = zone;
  }
  for (const box of document.querySelectorAll<HTMLElement>("[data-zone-url]")) {
    if (box.dataset.zoneNow !== zone) void reload(box, zone);
  }
}

async function reload(box: HTMLElement, zone: string): Promise<void> {
  const url = new URL(box.dataset.zoneUrl ?? "", location.href);
  url.searchParams.set("zone", zone);
  const { htmx } = window as unknown as {
    htmx?: { ajax(verb: string, url: string, options: object): Promise<void> };
  };
  await htmx?.ajax("GET", url.pathname + url.search, { target: box, swap: "outerHTML" });
}

export function startSwitches(): void {
  startCopy();
  startTheme();
  startZone();
}
