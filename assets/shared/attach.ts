/** The files beside a composer that go with its next message; what uploads them is loaded with the first one. */
import { computed, signal } from "@preact/signals";
import type { SentFile } from "./protocol";

export interface Beside {
  key: string;
  name: string;
  size: number;
  /** waiting: goes up when there is a connection; here: the server has it. */
  state: "waiting" | "sending" | "here" | "failed";
  /** How much of it is up, 0 to 1. */
  share: number;
  reason: string;
  sent: SentFile | null;
}

export interface Limits {
  accept: string;
  mostBytes: number;
}

/** As many as go with one message. */
export const MOST_FILES = 5;

export class Attach {
  readonly files = signal<Beside[]>([]);
  /** One sentence about what was not added. */
  readonly wrong = signal("");
  readonly busy = computed(() => this.files.value.some((file) => file.state !== "here"));

  /** Files go up to `upTo` and are found below `base`; `key` names them in this browser. */
  constructor(
    private readonly key: string,
    readonly upTo: string,
    readonly base: string,
    readonly limits: Limits,
  ) {
    this.files.value = this.kept().map(asBeside);
  }

  /** Takes files that somebody chose, dropped or pasted. */
  async add(chosen: Iterable<File>): Promise<void> {
    const list = [...chosen];
    if (list.length === 0) return;
    this.wrong.value = "";
    const { take } = await import("./uploading");
    take(this, list);
  }

  /** Removes one, and ends it if it is still on its way. */
  async remove(key: string): Promise<void> {
    this.files.value = this.files.value.filter((file) => file.key !== key);
    this.keep();
    const { stop } = await import("./uploading");
    stop(key);
  }

  /** Sends one again that failed. */
  async retry(key: string): Promise<void> {
    const { again } = await import("./uploading");
    again(this, key);
  }

  change(key: string, with_: Partial<Beside>): void {
    this.files.value = this.files.value.map((file) => (file.key === key ? { ...file, ...with_ } : file));
    this.keep();
  }

  /** The files for a message; they are beside the composer no longer. */
  take(): SentFile[] {
    const here = this.files.value.flatMap((file) => (file.sent ? [file.sent] : []));
    this.files.value = this.files.value.filter((file) => file.state !== "here");
    this.keep();
    return here;
  }

  /** Puts files back that went with a message which came back. */
  putBack(sent: SentFile[]): void {
    this.files.value = [...sent.map(asBeside), ...this.files.value];
    this.keep();
  }

  private keep(): void {
    const here = this.files.value.flatMap((file) => (file.sent ? [file.sent] : []));
    try {
      if (here.length > 0) sessionStorage.setItem(this.key, JSON.stringify(here));
      else sessionStorage.removeItem(this.key);
    } catch {
      // Nothing is kept over a reload then.
    }
  }

  private kept(): SentFile[] {
    try {
      return JSON.parse(sessionStorage.getItem(this.key) ?? "[]") as SentFile[];
    } catch {
      return [];
    }
  }
}

function asBeside(sent: SentFile): Beside {
  const { id, name, size } = sent;
  return { key: id, name, size, state: "here", share: 1, reason: "", sent };
}

/** The files in a paste or a drop; none for words. */
export function filesOf(data: DataTransfer | null): File[] {
  return data ? [...data.files] : [];
}
