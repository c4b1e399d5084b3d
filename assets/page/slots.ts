/** The session picker: in the visitor's zone without a reload, and a button that says what it will do. */

function name(): void {
  const button = document.querySelector<HTMLElement>("[data-slot-button]");
  const chosen = document.querySelector<HTMLInputElement>("input[name=slot]:checked");
  if (button && chosen?.dataset.label && button.ariaBusy !== "true")
    button.textContent = chosen.dataset.label;
}

/** Shows the picker in a zone; what stands there stays when that does not work. */
async function showIn(zone: string): Promise<void> {
  const picker = document.querySelector<HTMLElement>("#picker[data-picker-url]");
  if (!picker) return;
  const url = new URL(picker.dataset.pickerUrl ?? "", location.href);
  url.searchParams.set("zone", zone);
  const answer = await fetch(url, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of ["#picker", "#hours"]) {
    const fresh = page.querySelector(part);
    if (fresh) document.querySelector(part)?.replaceWith(fresh);
  }
  name();
}

/** The browser's zone where the server had to guess one. */
function startZone(): void {
  const picker = document.querySelector<HTMLElement>("#picker[data-zone-guessed]");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!picker || !zone || zone === picker.dataset.zoneGuessed) return;
  const select = document.querySelector<HTMLSelectElement>("form[data-zone-form] select");
  if (select) select.value = zone;
  void showIn(zone);
}

export function startSlots(): void {
  if (!document.querySelector("#picker")) return;
  name();
  startZone();
  document.addEventListener("change", name);
  document.querySelector<HTMLFormElement>("form[data-zone-form]")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const zone = new FormData(event.target as HTMLFormElement).get("zone");
    if (typeof zone === "string") void showIn(zone);
  });
}
