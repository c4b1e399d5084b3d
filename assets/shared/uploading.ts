/** Sends files up, one after another: progress, cancel, retry, and patience while there is no connection. */
import { type Attach, type Beside, MOST_FILES } from "./attach";
import { csrfToken } from "./csrf";
import { gettext, interpolate } from "./i18n";
import { sizeText } from "./size";

const files = new Map<string, File>();
const requests = new Map<string, XMLHttpRequest>();
const PICTURES = /^image\/(jpeg|png|gif|webp)$/;

/** The same limits as the server's, said at once. */
export function wrongWith(file: File, attach: Attach): string {
  const { accept, mostBytes } = attach.limits;
  if (file.size === 0) return gettext("This file is empty.");
  if (file.size > mostBytes) {
    const text = gettext("This file is too large. The limit is %(limit)s.");
    return interpolate(text, { limit: sizeText(mostBytes) });
  }
  const extension = `.${file.name.split(".").pop()?.toLowerCase() ?? ""}`;
  if (!PICTURES.test(file.type) && !accept.split(",").includes(extension)) {
    return gettext(
      "This kind of file cannot be sent. Pictures (JPEG, PNG, GIF, WebP), PDF, text, CSV and Office documents can.",
    );
  }
  return "";
}

/** Takes what was chosen, as far as there is room for it beside the message. */
export function take(attach: Attach, chosen: File[]): void {
  const room = MOST_FILES - attach.files.value.length;
  if (chosen.length > room) attach.wrong.value = gettext("At most 5 files go with one message.");
  for (const file of chosen.slice(0, Math.max(0, room))) {
    const key = crypto.randomUUID();
    const reason = wrongWith(file, attach);
    const beside: Beside = {
      key,
      name: file.name,
      size: file.size,
      state: reason ? "failed" : "waiting",
      share: 0,
      reason,
      sent: null,
    };
    attach.files.value = [...attach.files.value, beside];
    if (!reason) files.set(key, file);
  }
  next(attach);
}

/** Ends one that is on its way. */
export function stop(key: string): void {
  requests.get(key)?.abort();
  forget(key);
}

/** Sends a failed one again; one that can never be sent stays as it is. */
export function again(attach: Attach, key: string): void {
  if (!files.has(key)) return;
  attach.change(key, { state: "waiting", reason: "", share: 0 });
  next(attach);
}

function forget(key: string): void {
  files.delete(key);
  requests.delete(key);
}

/** One at a time: two would only share the line. */
function next(attach: Attach): void {
  const all = attach.files.value;
  if (all.some((file) => file.state === "sending")) return;
  const waiting = all.find((file) => file.state === "waiting");
  if (!waiting) return;
  if (navigator.onLine) send(attach, waiting.key);
  else addEventListener("online", () => next(attach), { once: true });
}

function send(attach: Attach, key: string): void {
  const file = files.get(key);
  if (!file) return;
  const request = new XMLHttpRequest();
  requests.set(key, request);
  attach.change(key, { state: "sending", share: 0 });
  request.upload.onprogress = (event) => attach.change(key, { share: event.loaded / (event.total || 1) });
  request.onload = () => settle(attach, key, request);
  request.onabort = () => next(attach);
  request.onerror = () => lost(attach, key);
  request.ontimeout = request.onerror;
  request.timeout = 180_000;
  request.open("POST", `${attach.upTo}?name=${encodeURIComponent(file.name.slice(-120))}`);
  request.setRequestHeader("X-CSRFToken", csrfToken());
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.send(file);
}

function settle(attach: Attach, key: string, request: XMLHttpRequest): void {
  const answer = parsed(request.responseText);
  if (request.status === 201 && answer.id) {
    forget(key);
    attach.change(key, { state: "here", share: 1, name: answer.name, size: answer.size, sent: answer });
  } else {
    const reason = answer.text ?? gettext("The file did not arrive.");
    attach.change(key, { state: "failed", reason });
  }
  next(attach);
}

/** Offline it waits for the line; with a line, somebody has to say that it should go again. */
function lost(attach: Attach, key: string): void {
  if (navigator.onLine) attach.change(key, { state: "failed", reason: gettext("The file did not arrive.") });
  else attach.change(key, { state: "waiting", share: 0 });
  next(attach);
}

// biome-ignore lint/suspicious/noExplicitAny: what a server or a proxy in between answered
function parsed(text: string): any {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** Whether it may be tried again as it is. */
export function mayRetry(key: string): boolean {
  return files.has(key);
}
