/** A personal link's page: sends its form by itself, so that the token leaves the address at once. */
const form = document.querySelector<HTMLFormElement>("form#join");

function send(): void {
  // A page that the browser prepares in advance has not been opened by anybody yet.
  if (document.visibilityState === "visible") form?.submit();
}

if (document.visibilityState === "visible") send();
else document.addEventListener("visibilitychange", send, { once: true });
