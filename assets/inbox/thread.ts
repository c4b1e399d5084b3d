/** One conversation in front of a moderator: its lines, its draft, what waits to be sent, who else is there. */
import { computed, signal } from "@preact/signals";
import { Attach, type Limits } from "../shared/attach";
import { gettext } from "../shared/i18n";
import type { Answer, Line } from "../shared/line";
import { Log } from "../shared/log";
import { filesOf, Outbox, type Unsent } from "../shared/outbox";
import type { Me, TeamMessage } from "../shared/protocol";
import { withEmoji } from "../shared/shortcode";
import { Changes } from "./changes";
import { type Held, keep, recall, sent } from "./drafts";
import { get, linesAfter } from "./http";
import { taken } from "./near";
import { Signs } from "./signs";
import type { Facts } from "./types";

const TYPING_EVERY = 3_000;

/** How a thread reaches what is around it. */
export interface Around {
  line: Line;
  base: string;
  files: { base: string; limits: Limits };
  me: Me;
  /** The page is visible and focused. */
  looking: () => boolean;
}

export class Thread {
  readonly log: Log<TeamMessage>;
  readonly outbox: Outbox;
  readonly attach: Attach;
  readonly facts = signal<Facts | null>(null);
  readonly lost = signal(false);
  readonly read = signal(0);
  readonly delivered = signal(0);
  readonly draft = signal("");
  readonly began = signal(0);
  readonly held = signal<Held | null>(null);
  /** A question or an answer of the server above the composer. */
  readonly asking = signal<"resolve" | "taken" | "moment" | null>(null);
  readonly problem = signal("");
  readonly signs: Signs;
  readonly changes: Changes;
  readonly viewers = signal<Me[]>([]);
  readonly others = computed(() => this.viewers.value.filter((user) => user.id !== this.around.me.id));
  /** Replies under undo that settle the matter once they are out. */
  private readonly settling = new Set<number>();
  private typedAt = 0;
  private seen = 0;
  private base = 0;
  private asks: "no" | "once" | "again" = "no";

  constructor(
    readonly id: string,
    private readonly around: Around,
  ) {
    this.log = new Log<TeamMessage>([], 0, (after) => linesAfter(`${around.base}${id}/events/`, after));
    this.signs = new Signs(around.me.id);
    this.changes = new Changes({
      conversation: id,
      me: around.me.id,
      line: around.line,
      log: this.log,
      problem: this.problem,
      give: (text) => this.write([text, this.draft.value].filter(Boolean).join("\n")),
    });
    this.log.lines.subscribe(() => this.settle());
    this.outbox = new Outbox(`${around.me.id}:${id}`, around.line, (entry) => sent(id, entry));
    const { base, limits } = around.files;
    this.attach = new Attach(`files:${around.me.id}:${id}`, `${around.base}${id}/files/`, base, limits);
    this.outbox.answered = (entry, answer) => this.answered(entry, answer);
    const kept = recall(this.key);
    if (kept) {
      this.draft.value = kept.text;
      this.began.value = this.base = kept.began;
    }
  }

  private get key(): string {
    return `draft:${this.around.me.id}:${this.id}`;
  }

  /** Shows it: asks for what is newer and for everything that comes. */
  open(): void {
    const { line } = this.around;
    const data = { conversation: this.id, after: this.log.last };
    if (line.state.value === "open") line.tell("conversation.watch", data);
    else void this.refresh();
    void this.loadFacts();
    this.markSeen();
  }

  /** Stops it. */
  close(): void {
    this.around.line.tell("conversation.unwatch", { conversation: this.id });
    this.viewers.value = [];
    this.signs.forget();
  }

  /** Fetches what is newer without the socket. */
  async refresh(): Promise<void> {
    this.log.compare(this.log.last + 1);
  }

  /** The facts beside the thread; what changed meanwhile is asked for once more. */
  async loadFacts(): Promise<void> {
    if (this.asks !== "no") {
      this.asks = "again";
      return;
    }
    this.asks = "once";
    try {
      this.facts.value = await get<Facts>(`${this.around.base}${this.id}/`);
      this.read.value = Math.max(this.read.value, this.facts.value.read);
      this.delivered.value = Math.max(this.delivered.value, this.facts.value.delivered);
      this.log.compare(this.facts.value.head);
    } catch (reason) {
      this.lost.value = String(reason).includes("404");
    } finally {
      const again = (this.asks as string) === "again";
      this.asks = "no";
      if (again) void this.loadFacts();
    }
  }

  /** Says that it was seen, only while somebody looks. */
  markSeen(): void {
    const last = this.log.last;
    if (last <= this.seen || !this.around.looking()) return;
    if (this.around.line.state.value !== "open") return;
    this.seen = last;
    this.around.line.tell("conversation.seen", { conversation: this.id, seq: last });
  }

  /** What is written, kept over a reload; the team is told that somebody writes. */
  write(text: string): void {
    if (text.trim() && !this.draft.value.trim()) this.began.value = this.log.last;
    this.base = this.log.last;
    this.keep(text);
    const now = Date.now();
    if (text.trim() && now - this.typedAt > TYPING_EVERY) {
      this.typedAt = now;
      this.around.line.tell("typing", { conversation: this.id });
    }
  }

  /** Sends the draft; `anyway`: the writer has seen what held it back. */
  send({ resolve = false, anyway = false } = {}): boolean {
    const text = withEmoji(this.draft.value.trim());
    const some = this.attach.files.value.length > 0;
    if ((!text && !some) || this.attach.busy.value) return false;
    const base = anyway || this.base === 0 ? this.log.last : this.base;
    const reply_to = this.changes.answering.value;
    const more = some ? { files: this.attach.take() } : {};
    this.outbox.post(text, { base, resolve, reply_to, faq: taken(this.id), ...more });
    this.changes.answering.value = null;
    this.keep("");
    this.held.value = null;
    this.problem.value = "";
    return true;
  }

  /** Asks them for a moment: answers nothing, so what is being written stays. */
  hold(text: string): void {
    this.asking.value = null;
    this.outbox.post(text, { base: this.log.last, holding: true });
  }

  /** Takes a message that did not go out back into the composer. */
  takeBack(ref: string): void {
    this.putFilesBack(ref);
    const text = this.outbox.discard(ref);
    this.write([this.draft.value, text].filter(Boolean).join("\n"));
  }

  /** Claim, release, reopen or resolve; what the server answers stands above the composer. */
  async command(what: "claim" | "release" | "reopen" | "resolve", more: Record<string, unknown> = {}) {
    this.problem.value = "";
    this.asking.value = null;
    try {
      const data = { conversation: this.id, ...more };
      const answer = await this.around.line.ask(`conversation.${what}`, data);
      if (answer.type === "refused") this.refused(String(answer.code), String(answer.text));
    } catch {
      this.problem.value = gettext("No connection, so nothing was changed. Try again.");
    }
  }

  /** Settles it; an open question has to be let go of first. */
  async resolve(noReplyNeeded = false): Promise<void> {
    await this.command("resolve", { no_reply_needed: noReplyNeeded, base_seq: this.log.last });
  }

  private refused(code: string, text: string): void {
    if (code === "no_reply_needed") this.asking.value = "resolve";
    else if (code === "taken") this.asking.value = "taken";
    else this.problem.value = text;
    void this.refresh();
  }

  private answered(entry: Unsent, answer: Answer): void {
    if (answer.type === "ack") {
      if (entry.extra?.resolve) this.settling.add(Number(answer.seq));
      this.settle();
      return;
    }
    if (answer.type !== "conflict") return;
    const events = answer.events as TeamMessage[];
    for (const event of events) this.log.take(event);
    const other = events.find((event) => event.kind === "moderator" && event.user !== this.around.me.id);
    this.putFilesBack(entry.ref);
    const base = Number(entry.extra?.base ?? 0);
    this.changes.answering.value = Number(entry.extra?.reply_to) || null;
    this.held.value = { name: other?.author?.name ?? "", after: base };
    this.keep([this.outbox.discard(entry.ref), this.draft.value].filter(Boolean).join("\n"));
    this.began.value = this.base = base;
  }

  private putFilesBack(ref: string): void {
    const entry = this.outbox.entries.value.find((item) => item.ref === ref);
    if (entry) this.attach.putBack(filesOf(entry));
  }

  private keep(text: string): void {
    this.draft.value = text;
    keep(this.key, { text, began: this.began.value });
  }

  private settle(): void {
    const lines = this.log?.lines.peek() ?? [];
    for (const line of lines) {
      if (line.ref) this.outbox?.seen(line.ref);
      this.resolveAfter(line);
    }
    const kind = lines.at(-1)?.kind;
    if (kind === "attendee" || kind === "moderator") this.signs.wrote(kind === "moderator");
  }

  /** An answer that settles the matter settles it when it is out, not while it can be taken back. */
  private resolveAfter({ seq, public_seq, held_until }: TeamMessage): void {
    if (held_until !== null || !this.settling.delete(seq) || public_seq === null) return;
    void this.command("resolve", { base_seq: seq, no_reply_needed: false });
  }
}
