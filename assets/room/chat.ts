/** The talk between one attendee and the team, shared by the waiting room and the room. */
import { signal } from "@preact/signals";
import { Attach } from "../shared/attach";
import type { ServerClock } from "../shared/clock";
import { type Frame, Line } from "../shared/line";
import { Log } from "../shared/log";
import { fileIds, Outbox } from "../shared/outbox";
import type { AttendeeFrame, Expect, Posted, PublicMessage, Ready } from "../shared/protocol";
import type { Mode, RoomData } from "./data";
import { Marks } from "./marks";
import { reloadOnce } from "./reload";

const TYPING_ENDS = 6_000;
const TYPING_EVERY = 3_000;
const POLL_EVERY = 10_000;

/** The answer of the address for catching up. */
interface Events {
  epoch: string;
  mode: Mode;
  expect: Expect | null;
  events: Posted[];
}

export class Chat {
  readonly log: Log<PublicMessage>;
  readonly line: Line;
  readonly outbox: Outbox;
  readonly marks: Marks;
  /** The number of the message that the next one answers. */
  readonly answering = signal<number | null>(null);
  readonly mode;
  readonly expect;
  /** Who of the team is writing; empty: nobody. */
  readonly writing = signal("");
  /** Files beside the composer, and whether some can be sent. */
  readonly attach: Attach;
  readonly mayAttach;
  /** When the way of talking changed under somebody's hands; 0: never. */
  readonly changedAt = signal(0);
  readonly conversation: string;
  private readonly epoch: string;
  private typingTimer = 0;
  private typedAt = 0;

  constructor(
    data: RoomData,
    private readonly clock: ServerClock,
  ) {
    this.conversation = data.chat.conversation;
    this.epoch = data.chat.epoch;
    this.mode = signal<Mode>(data.chat.mode);
    this.expect = signal<Expect | null>(data.chat.expect);
    this.mayAttach = signal(data.chat.files);
    const { accept, most_bytes: mostBytes } = data.chat;
    const { files } = data.urls;
    this.attach = new Attach(`files:${this.conversation}`, files, files, { accept, mostBytes });
    this.log = new Log(data.chat.messages, data.chat.head, (after) =>
      this.fetchAfter(data.urls.events, after),
    );
    this.line = new Line({
      socketUrl: data.urls.socket,
      commandsUrl: data.urls.commands,
      clock,
      hello: () => ({ type: "hello", data: { last: this.log.last, epoch: this.epoch } }),
      heard: (frame) => this.heard(frame),
    });
    this.marks = new Marks(data.chat.read, data.chat.seen, this.line, () => this.log.last);
    this.line.state.subscribe(() => this.marks.markDelivered());
    setInterval(() => void this.poll(data.urls.events), POLL_EVERY);
    this.outbox = new Outbox(this.conversation, this.line, (entry) => ({
      text: entry.text,
      ...fileIds(entry),
      reply_to: entry.extra?.reply_to ?? null,
    }));
    for (const message of data.chat.messages) if (message.ref) this.outbox.seen(message.ref);
    this.log.lines.subscribe((lines) => {
      for (const message of lines) if (message.ref) this.outbox?.seen(message.ref);
      this.marks.markDelivered();
    });
  }

  /** A key was pressed in the composer. */
  typing(): void {
    if (Date.now() - this.typedAt < TYPING_EVERY) return;
    this.typedAt = Date.now();
    this.line.tell("typing");
  }

  find(seq: number | null): PublicMessage | undefined {
    return this.log.lines.value.find((line) => line.seq === seq);
  }

  /** Sends words; what they answer goes with them. */
  post(text: string, more: Record<string, unknown> = {}): void {
    this.outbox.post(text, { reply_to: this.answering.value, ...more });
    this.answering.value = null;
  }

  private heard(given: Frame): void {
    const frame = given as unknown as AttendeeFrame;
    switch (frame.type) {
      case "ready":
        this.ready(frame);
        break;
      case "message.posted":
        this.take(frame);
        break;
      case "typing":
        this.showWriting(frame.name);
        break;
      case "read":
        this.marks.heardRead(frame.seq);
        break;
      case "seen":
        this.marks.heardSeen(frame.seq);
        break;
      case "mode":
        this.setMode(frame.mode, frame.expect);
        break;
      case "pong":
      case "beat":
        this.log.compare(frame.head);
        break;
      case "reload":
        reloadOnce();
        break;
    }
  }

  private ready(frame: Ready): void {
    if (frame.epoch !== this.epoch) {
      reloadOnce();
      return;
    }
    this.marks.heardRead(frame.read);
    this.marks.heardSeen(frame.seen);
    this.mayAttach.value = frame.files ?? false;
    this.setMode(frame.mode, frame.expect);
    this.log.compare(frame.head);
  }

  private take(frame: Posted): void {
    if (frame.message.kind === "moderator") this.showWriting("");
    this.log.take(frame.message);
  }

  private showWriting(name: string): void {
    clearTimeout(this.typingTimer);
    this.writing.value = name;
    if (name) this.typingTimer = window.setTimeout(() => this.showWriting(""), TYPING_ENDS);
  }

  private setMode(mode: Mode, expect: Expect | null): void {
    if (mode !== this.mode.value) this.changedAt.value = this.clock.now();
    this.mode.value = mode;
    this.expect.value = expect;
  }

  /** By plain HTTP, for a log with a hole and where sockets are blocked. */
  private async fetchAfter(address: string, after: number): Promise<PublicMessage[]> {
    const response = await fetch(`${address}?after=${after}`, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const found = (await response.json()) as Events;
    if (found.epoch !== this.epoch) reloadOnce();
    this.setMode(found.mode, found.expect);
    return found.events.map((event) => event.message);
  }

  /** While there is no socket: what came meanwhile, and whether one can still talk. */
  private async poll(address: string): Promise<void> {
    const { value } = this.line.state;
    if (value === "open" || value === "ended" || document.visibilityState !== "visible") return;
    const missed = await this.fetchAfter(address, this.log.last).catch(() => []);
    for (const message of missed) this.log.take(message);
  }
}
