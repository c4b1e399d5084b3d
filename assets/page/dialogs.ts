/** Dialogs and menus: both work without this script, by address and by <details>; with it they behave. */

function dialogAt(hash: string): HTMLDialogElement | null {
  const found = hash.length > 1 ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
  return found instanceof HTMLDialogElement ? found : null;
}

function open(dialog: HTMLDialogElement): void {
  if (location.hash === `#${dialog.id}`) history.replaceState(null, "", location.pathname + location.search);
  if (!dialog.open) dialog.showModal();
}

function onClick(event: MouseEvent): void {
  const target = event.target as Element;
  const link = target.closest<HTMLAnchorElement>("a[href^='#']");
  const named = link && dialogAt(link.hash);
  if (named) {
    event.preventDefault();
    open(named);
    return;
  }
  const dialog = target.closest("dialog");
  if (dialog?.open && (target === dialog || target.closest("[data-close]"))) {
    event.preventDefault();
    dialog.close();
  }
}

function openNamed(): void {
  const named = dialogAt(location.hash);
  if (named) open(named);
}

function closeMenus(except: Element | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu-box[open]")) {
    if (menu !== except) menu.open = false;
  }
}

function onKey(event: KeyboardEvent): void {
  if (event.key !== "Escape") return;
  const menu = (event.target as Element).closest<HTMLDetailsElement>("details.menu-box[open]");
  closeMenus(null);
  menu?.querySelector("summary")?.focus();
}

/** Links to `#id` of a dialog open it; Esc, the backdrop and [data-close] close it. Open menus close likewise. */
export function startDialogs(): void {
  document.addEventListener("click", onClick);
  document.addEventListener("click", (event) =>
    closeMenus((event.target as Element).closest("details.menu-box")),
  );
  document.addEventListener("keydown", onKey);
  window.addEventListener("hashchange", openNamed);
  openNamed();
}
