/** What a moderator does with words that are out, or nearly: answer one, edit, withdraw, take back, ask for a moment. */
import { computed, type Signal, signal } from "@preact/signals";
import { gettext } from "../shared/i18n";
import type { Answer, Line } from "../shared/line";
import type { Log } from "../shared/log";
import type { TeamMessage } from "../shared/protocol";

interface Editing {
  seq: number;
  text: string;
}

/** How the words of a thread reach what is around them. */
export interface Reach {
  conversation: string;
  me: string;
  line: Line;
  log: Log<TeamMessage>;
  /** What a person must know stands above the composer. */
  problem: Signal<string>;
  /** Puts words back where they are written. */
  give: (text: string) => void;
}

export class Changes {
  readonly editing = signal<Editing | null>(null);
  /** The number of the message that the next reply answers. */
  readonly answering = signal<number | null>(null);
  /** The number of the message that is about to be withdrawn, while the person is asked. */
  readonly withdrawing = signal<number | null>(null);
  readonly answered = computed(() => this.find(this.answering.value));
  /** The own reply that goes out last of those that can still be taken back. */
  readonly held = computed(() =>
    this.reach.log.lines.value
      .filter((line) => line.held_until !== null && line.user === this.reach.me)
      .at(-1),
  );

  constructor(private readonly reach: Reach) {}

  find(seq: number | null): TeamMessage | undefined {
    return seq === null ? undefined : this.reach.log.lines.value.find((line) => line.seq === seq);
  }

  /** Puts a message into the composer to be changed; what was being written waits underneath. */
  edit(message: TeamMessage): void {
    this.withdrawing.value = null;
    this.answering.value = null;
    this.editing.value = { seq: message.seq, text: message.text };
    document.getElementById("reply")?.focus();
  }

  answer(message: TeamMessage): void {
    this.editing.value = null;
    this.answering.value = message.seq;
    document.getElementById("reply")?.focus();
  }

  write(text: string): void {
    const editing = this.editing.value;
    if (editing) this.editing.value = { ...editing, text };
  }

  /** Leaves editing or answering; whether there was something to leave. */
  leave(): boolean {
    const was = this.editing.value ?? this.answering.value ?? this.withdrawing.value;
    this.editing.value = null;
    this.answering.value = null;
    this.withdrawing.value = null;
    return was !== null;
  }

  /** Keeps the edited text; it stays in the composer when the server refuses it. */
  async save(): Promise<void> {
    const editing = this.editing.value;
    const text = editing?.text.trim();
    if (!editing || !text) return;
    const base = { base_seq: this.reach.log.last };
    if (await this.ask("message.edit", { seq: editing.seq, text, ...base })) this.editing.value = null;
  }

  async withdraw(): Promise<void> {
    const seq = this.withdrawing.value;
    this.withdrawing.value = null;
    if (seq !== null) await this.ask("message.withdraw", { seq });
  }

  /** Takes back the reply that is about to go out, and gives its words back; whether there was one. */
  undo(message = this.held.peek()): boolean {
    if (!message) return false;
    void this.ask("message.undo", { seq: message.seq }).then((done) => {
      if (done) this.reach.give(message.text);
    });
    return true;
  }

  private async ask(what: string, data: Record<string, unknown>): Promise<boolean> {
    this.reach.problem.value = "";
    let answer: Answer;
    try {
      answer = await this.reach.line.ask(what, { conversation: this.reach.conversation, ...data });
    } catch {
      this.reach.problem.value = gettext("No connection, so nothing was changed. Try again.");
      return false;
    }
    if (answer.type === "ack") return true;
    this.reach.problem.value = String(answer.text ?? "");
    return false;
  }
}
