/** Uploads a large file in pieces (tus), goes on after a broken connection and says how long it still takes. */
import { type DetailedError, Upload } from "tus-js-client";
import { csrfToken } from "../shared/csrf";
import { gettext, interpolate } from "../shared/i18n";
import { Speed, size, timeLeft } from "../shared/measure";

const PIECE = 8 * 1024 * 1024;
const RETRIES = [500, 1000, 3000, 5000, 10_000, 20_000, 20_000, 30_000, 30_000, 60_000];

/** One place for a file on the page: the component `upload` and what happens in it. */
class Place {
  private upload: Upload | null = null;
  private speed = new Speed();

  constructor(private readonly box: HTMLElement) {
    const input = this.input();
    input.addEventListener("change", () => this.take(input.files?.[0]));
    const drop = this.part("pick");
    for (const name of ["dragover", "dragleave", "drop"]) {
      drop.addEventListener(name, (event) => this.dragged(event as DragEvent));
    }
    this.part("pause").addEventListener("click", () => void this.pause());
    this.part("resume").addEventListener("click", () => this.goOn());
    this.part("stop").addEventListener("click", () => void this.stop());
    window.addEventListener("beforeunload", (event) => {
      if (this.upload) event.preventDefault();
    });
  }

  private part(name: string): HTMLElement {
    const found = this.box.querySelector<HTMLElement>(`[data-part=${name}]`);
    if (!found) throw new Error(`The upload has no part ${name}`);
    return found;
  }

  private input(): HTMLInputElement {
    return this.part("pick").querySelector("input") as HTMLInputElement;
  }

  private dragged(event: DragEvent): void {
    event.preventDefault();
    this.part("pick").toggleAttribute("data-over", event.type === "dragover");
    if (event.type === "drop") this.take(event.dataTransfer?.files[0]);
  }

  private show(state: "pick" | "work"): void {
    this.part("pick").hidden = state !== "pick";
    this.part("work").hidden = state !== "work";
  }

  private fail(text: string): void {
    this.upload = null;
    this.input().value = "";
    this.part("why").textContent = text;
    this.part("error").hidden = false;
    this.show("pick");
  }

  private take(file: File | undefined): void {
    if (!file) return;
    this.part("error").hidden = true;
    const max = Number(this.box.dataset.max);
    if (file.size === 0) {
      this.fail(gettext("This file is empty. Choose another one."));
    } else if (max && file.size > max) {
      const text = gettext("This file has %(size)s; at most %(max)s can be taken. A smaller export will do.");
      this.fail(interpolate(text, { size: size(file.size), max: size(max) }));
    } else {
      this.part("name").textContent = file.name;
      this.begin(file);
    }
  }

  private begin(file: File): void {
    const endpoint = this.box.dataset.endpoint ?? "";
    const meta = this.meta();
    const upload = new Upload(file, {
      endpoint,
      chunkSize: PIECE,
      retryDelays: RETRIES.map((delay) => delay * (0.75 + Math.random() / 2)),
      removeFingerprintOnSuccess: true,
      // The same file for another video is another upload.
      fingerprint: async () => JSON.stringify([file.name, file.size, file.lastModified, endpoint, meta]),
      metadata: { filename: file.name, filetype: file.type, ...meta },
      onBeforeRequest: (request) => request.setHeader("X-CSRFToken", csrfToken()),
      onProgress: (sent, total) => this.progress(sent, total),
      onSuccess: () => this.arrived(),
      onError: (error) => this.fail(reason(error)),
    });
    this.upload = upload;
    this.speed = new Speed();
    this.show("work");
    this.progress(0, file.size);
    this.paused(false);
    void upload.findPreviousUploads().then(([earlier]) => {
      if (earlier) upload.resumeFromPreviousUpload(earlier);
      upload.start();
    });
  }

  private meta(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const { name, value } of this.box.attributes) {
      if (name.startsWith("data-meta-")) found[name.slice("data-meta-".length)] = value;
    }
    return found;
  }

  private progress(sent: number, total: number): void {
    const rate = this.speed.note(sent, performance.now());
    const percent = Math.floor((sent / total) * 100);
    this.part("percent").textContent = `${percent} %`;
    const bar = this.box.querySelector("progress");
    if (bar) bar.value = percent;
    const amount = interpolate(gettext("%(sent)s of %(total)s"), { sent: size(sent), total: size(total) });
    this.part("amount").textContent = rate ? `${amount}, ${size(rate)}/s` : amount;
    this.part("left").textContent = rate ? timeLeft((total - sent) / rate) : "";
  }

  private paused(yes: boolean): void {
    this.part("pause").hidden = yes;
    this.part("resume").hidden = !yes;
    if (yes) this.part("left").textContent = gettext("paused");
  }

  private async pause(): Promise<void> {
    await this.upload?.abort();
    this.paused(true);
  }

  private goOn(): void {
    this.speed = new Speed();
    this.upload?.start();
    this.paused(false);
  }

  private async stop(): Promise<void> {
    const upload = this.upload;
    this.upload = null;
    this.input().value = "";
    this.show("pick");
    // A file that is gone already needs no telling.
    await upload?.abort(true).catch(() => undefined);
  }

  private arrived(): void {
    const url = this.upload?.url;
    this.upload = null;
    this.box.dispatchEvent(new CustomEvent("uploaded", { bubbles: true, detail: { url } }));
    if (this.box.dataset.done) location.assign(this.box.dataset.done);
  }
}

/** What the server said, if it said it in words; else what can be done. */
function reason(error: Error | DetailedError): string {
  const body = "originalResponse" in error ? (error.originalResponse?.getBody() ?? "") : "";
  try {
    const { text, detail } = JSON.parse(body) as { text?: string; detail?: string };
    if (text ?? detail) return text ?? detail ?? "";
  } catch {
    if (body && body.length < 300 && !body.includes("<")) return body;
  }
  return gettext(
    "The connection was gone for long. Choose the same file again: it goes on where it stopped.",
  );
}

for (const box of document.querySelectorAll<HTMLElement>("[data-upload]")) new Place(box);
