/** What somebody typed and the server has not acknowledged yet; it survives a reload of the page. */
import { signal } from "@preact/signals";
import type { Answer, Line } from "./line";
import type { SentFile } from "./protocol";

export interface Unsent {
  ref: string;
  text: string;
  /** waiting: goes out when the line is back; sent: acknowledged, shown until the server's own line arrives. */
  state: "sending" | "waiting" | "sent" | "failed";
  reason: string;
  at: number;
  /** What else goes with the text; kept with it. */
  extra?: Record<string, unknown>;
}

/** The files that go with a message. */
export function filesOf(entry: Unsent): SentFile[] {
  return (entry.extra?.files as SentFile[] | undefined) ?? [];
}

/** The same as a command names them; nothing where there are none. */
export function fileIds(entry: Unsent): { files?: string[] } {
  const files = filesOf(entry);
  return files.length > 0 ? { files: files.map((file) => file.id) } : {};
}

/** Keeps each message until its acknowledgement, in the order typed, under one ref however often it is sent. */
export class Outbox {
  readonly entries = signal<Unsent[]>([]);
  /** Told of every answer of the server, after the entry has changed. */
  answered: (entry: Unsent, answer: Answer) => void = () => {};
  private readonly key: string;

  constructor(
    conversation: string,
    private readonly line: Line,
    private readonly send: (entry: Unsent) => Record<string, unknown>,
    private readonly storage: Storage = sessionStorage,
  ) {
    this.key = `outbox:${conversation}`;
    this.entries.value = this.kept().filter((entry) => entry.state !== "sent");
    for (const entry of this.entries.value) if (entry.state !== "failed") void this.deliver(entry);
    line.state.subscribe((state) => {
      if (state === "open") this.resume();
    });
  }

  /** Puts a message in and sends it. */
  post(text: string, extra?: Record<string, unknown>): void {
    const entry: Unsent = {
      ref: crypto.randomUUID(),
      text,
      state: "sending",
      reason: "",
      at: Date.now(),
      extra,
    };
    this.keep([...this.entries.value, entry]);
    void this.deliver(entry);
  }

  /** Sends a failed message again, under the same ref. */
  retry(ref: string): void {
    const entry = this.change(ref, { state: "sending", reason: "" });
    if (entry) void this.deliver(entry);
  }

  /** Takes a failed message back; returns its text for the composer. */
  discard(ref: string): string {
    const entry = this.entries.value.find((item) => item.ref === ref);
    this.keep(this.entries.value.filter((item) => item.ref !== ref));
    return entry?.text ?? "";
  }

  /** The server shows this message: it is no longer ours to keep. */
  seen(ref: string): void {
    if (this.entries.value.some((item) => item.ref === ref)) {
      this.keep(this.entries.value.filter((item) => item.ref !== ref));
    }
  }

  private resume(): void {
    for (const entry of this.entries.value) {
      if (entry.state === "waiting") this.retry(entry.ref);
    }
  }

  private async deliver(entry: Unsent): Promise<void> {
    try {
      const answer: Answer = await this.line.ask("message.post", this.send(entry), entry.ref);
      if (answer.type === "ack") this.change(entry.ref, { state: "sent" });
      else if (answer.code === "slow_down") this.later(entry, Number(answer.retry_after_ms) || 1_000);
      else this.change(entry.ref, { state: "failed", reason: String(answer.text ?? "") });
      this.answered(entry, answer);
    } catch {
      const open = this.line.state.value === "open";
      this.change(entry.ref, { state: open ? "failed" : "waiting", reason: "" });
    }
  }

  /** Too fast is not a failure: the same again after the time the server named. */
  private later(entry: Unsent, milliseconds: number): void {
    setTimeout(() => void this.deliver(entry), milliseconds);
  }

  private change(ref: string, with_: Partial<Unsent>): Unsent | undefined {
    this.keep(this.entries.value.map((item) => (item.ref === ref ? { ...item, ...with_ } : item)));
    return this.entries.value.find((item) => item.ref === ref);
  }

  private keep(entries: Unsent[]): void {
    this.entries.value = entries;
    try {
      this.storage.setItem(this.key, JSON.stringify(entries));
    } catch {
      // A full or forbidden storage keeps nothing over a reload; sending goes on all the same.
    }
  }

  private kept(): Unsent[] {
    try {
      return JSON.parse(this.storage.getItem(this.key) ?? "[]") as Unsent[];
    } catch {
      return [];
    }
  }
}
