/** A draft that a language model writes for this moderator: asked for, waited for, taken or put away; never sent. */
import { signal } from "@preact/signals";
import { gettext } from "../shared/i18n";
import { get, post } from "./http";
import type { Thread } from "./thread";
import type { Suggestion } from "./types";

const EVERY = 2_000;

export class Suggestions {
  readonly current = signal<Suggestion | null>(null);
  readonly problem = signal("");
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly thread: Thread,
    private readonly base: string,
  ) {
    this.show(thread.facts.peek()?.draft ?? null);
  }

  private get address(): string {
    return `${this.base}${this.thread.id}/draft/`;
  }

  /** Asks for one; what was there before is put away by the server. */
  async ask(): Promise<void> {
    this.problem.value = "";
    try {
      const answer = await post<{ draft: Suggestion | null; text?: string }>(this.address, {});
      if (answer.text) this.problem.value = answer.text;
      else this.show(answer.draft);
    } catch {
      this.problem.value = gettext("The draft could not be asked for. Try again in a moment.");
    }
  }

  /** Takes it into the composer, behind what is written there already. */
  take(): void {
    const draft = this.current.value;
    if (draft?.state !== "ready") return;
    this.thread.write([this.thread.draft.value.trim(), draft.text].filter(Boolean).join("\n\n"));
    this.close("take");
    document.getElementById("reply")?.focus();
  }

  /** Puts it away. */
  discard(): void {
    this.close("discard");
    document.getElementById("reply")?.focus();
  }

  /** Stops asking. */
  stop(): void {
    clearTimeout(this.timer);
  }

  private close(how: "take" | "discard"): void {
    const draft = this.current.value;
    this.show(null);
    if (draft) void post(`${this.address}${draft.id}/`, { do: how }).catch(() => {});
  }

  private show(draft: Suggestion | null): void {
    this.stop();
    this.current.value = draft;
    // While it is written it is asked for; once it is there, whether a human was faster.
    if (draft?.state === "asked" || draft?.state === "ready") {
      this.timer = setTimeout(() => void this.look(), EVERY);
    }
  }

  private async look(): Promise<void> {
    const before = this.current.value;
    try {
      const { draft } = await get<{ draft: Suggestion | null }>(this.address);
      if (this.current.value === before) this.show(draft);
    } catch {
      if (this.current.value === before) this.show(before);
    }
  }
}
