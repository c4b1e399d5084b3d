/** The token Django wants back with every request that changes something. */

/** The token of this page's cookie or, before there is one, of any form on the page; empty without both. */
export function csrfToken(): string {
  const cookie = /(?:^|; )(?:__Host-csrf|matinee_csrf)=([^;]+)/.exec(document.cookie)?.[1];
  return cookie ?? document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
}
