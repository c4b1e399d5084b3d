/** The button of a session picker says what it will do: "Save my place for 15:45". */

function name(): void {
  const button = document.querySelector<HTMLElement>("[data-slot-button]");
  const chosen = document.querySelector<HTMLInputElement>("input[name=slot]:checked");
  if (button && chosen?.dataset.label && button.ariaBusy !== "true") button.textContent = chosen.dataset.label;
}

export function startSlots(): void {
  if (!document.querySelector("[data-slot-button]")) return;
  name();
  document.addEventListener("change", name);
  document.addEventListener("htmx:afterSettle", name);
}
