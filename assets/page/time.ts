/** Times that move by themselves: "in 4 minutes" and the clocks of people who wait. */

const offset = serverOffset();

/** Milliseconds by which the server's clock is ahead of this one; 0 when the page came from the cache. */
function serverOffset(): number {
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const said = Number(document.documentElement.dataset.now) * 1000;
  if (!said || navigation?.type === "back_forward") return 0;
  const ahead = said - Date.now();
  return Math.abs(ahead) > 3000 ? ahead : 0;
}

/** "in 4 minutes" in the language of the page. */
export function relative(milliseconds: number, language: string): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: "always" });
  const minutes = Math.round(milliseconds / 60_000);
  if (Math.abs(milliseconds) < 60_000) return format.format(Math.round(milliseconds / 1000), "second");
  if (Math.abs(minutes) < 90) return format.format(minutes, "minute");
  if (Math.abs(minutes) < 36 * 60) return format.format(Math.round(minutes / 60), "hour");
  return format.format(Math.round(minutes / 1440), "day");
}

/** 6:41, or 1:06:41 from an hour on. */
export function stopwatch(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, index) => (index ? String(part).padStart(2, "0") : String(part))).join(":");
}

function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function countdown(element: HTMLTimeElement, now: number): void {
  const left = Date.parse(element.dateTime) - now;
  if (Number.isNaN(left)) return;
  const asClock = element.dataset.countdown === "clock";
  write(element, asClock ? stopwatch(left) : relative(left, document.documentElement.lang || "en"));
  if (left > 0 || element.dataset.due !== undefined) return;
  element.dataset.due = "";
  element.dispatchEvent(new CustomEvent("due", { bubbles: true }));
}

function waitClock(element: HTMLElement, now: number): void {
  const waited = now - Date.parse(element.dataset.since ?? "");
  if (Number.isNaN(waited)) return;
  const target = Number(element.dataset.target ?? 300) * 1000;
  write(element, stopwatch(waited));
  element.classList.toggle("clock-amber", waited >= target * 0.75 && waited < target);
  element.classList.toggle("clock-red", waited >= target);
  if (element.dataset.title !== undefined) retitle(stopwatch(waited));
}

const plainTitle = document.title;

function retitle(waited: string): void {
  document.title = `${waited} · ${plainTitle}`;
}

function tick(): void {
  const now = Date.now() + offset;
  for (const element of document.querySelectorAll<HTMLTimeElement>("time[data-countdown]")) {
    countdown(element, now);
  }
  for (const element of document.querySelectorAll<HTMLElement>(".clock[data-since]")) waitClock(element, now);
}

/** Moves every `<time data-countdown>` and `.clock[data-since]` once a second, also those that come later. */
export function startClocks(): void {
  if (document.querySelector("time[data-countdown], .clock[data-since]")) tick();
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
}
