/** Forms that answer at once: a busy button, no second submit, nothing lost when the network is. */
import { csrfToken } from "../shared/csrf";
import { gettext } from "../shared/i18n";
import { toast } from "./toast";

function busy(button: HTMLElement): void {
  if (button.ariaBusy === "true") return;
  button.style.minWidth = `${button.offsetWidth}px`;
  button.ariaBusy = "true";
  button.dataset.words = button.innerHTML;
  const spinner = document.createElement("span");
  spinner.className = "loading loading-spinner loading-sm";
  spinner.ariaHidden = "true";
  if (button.dataset.busy) button.textContent = button.dataset.busy;
  button.prepend(spinner);
}

function ready(button: HTMLElement): void {
  if (button.ariaBusy !== "true") return;
  button.ariaBusy = null;
  button.innerHTML = button.dataset.words ?? "";
  button.style.minWidth = "";
}

function submitterOf(form: HTMLFormElement, event: SubmitEvent): HTMLElement | null {
  return event.submitter ?? form.querySelector<HTMLElement>("button[type=submit], button:not([type])");
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (event.defaultPrevented || form.method !== "post" || form.target === "_blank") return;
  if (form.matches("[hx-post], [hx-get], [hx-put], [hx-patch], [hx-delete]")) return;
  if (form.dataset.sent !== undefined) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "";
  const button = submitterOf(form, event);
  // After the browser has read the form: a changed button must not change what is sent.
  if (button) setTimeout(() => busy(button));
}

function wakeForms(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll<HTMLElement>("[aria-busy=true]")) ready(button);
}

interface HtmxEvent extends Event {
  detail: { elt: HTMLElement; headers: Record<string, string>; xhr?: XMLHttpRequest };
}

function busyButtonOf(element: HTMLElement): HTMLElement | null {
  return element.matches("form") ? element.querySelector("button[type=submit], button:not([type])") : element;
}

function refused(event: Event): void {
  const status = (event as HtmxEvent).detail.xhr?.status ?? 0;
  toast(
    status === 0
      ? gettext("No connection just now. What you typed is still here; try again in a moment.")
      : gettext("That did not work. What you typed is still here; try again, or reload the page."),
    "harm",
  );
}

/** Guards every form of the page and the requests that htmx makes for it. */
export function startForms(): void {
  document.addEventListener("submit", onSubmit);
  window.addEventListener("pageshow", wakeForms);
  document.addEventListener("htmx:configRequest", (event) => {
    (event as HtmxEvent).detail.headers["X-CSRFToken"] ??= csrfToken();
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const button = busyButtonOf((event as HtmxEvent).detail.elt);
    if (button?.matches(".btn")) busy(button);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const button = busyButtonOf((event as HtmxEvent).detail.elt);
    if (button) ready(button);
  });
  document.addEventListener("htmx:responseError", refused);
  document.addEventListener("htmx:sendError", refused);
  document.querySelector<HTMLElement>("[data-focus]")?.focus();
}
