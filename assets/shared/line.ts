/** The line to the server: a socket that comes back by itself, and plain HTTP where sockets are blocked. */
import { signal } from "@preact/signals";
import type { ServerClock } from "./clock";
import { csrfToken } from "./csrf";
import { ReturningSocket } from "./socket";

export interface Frame {
  type: string;
  [field: string]: unknown;
}
export interface Answer extends Frame {
  ref: string;
}
export type LineState = "connecting" | "open" | "waiting" | "ended";

/** Closed for good: asking again would be refused again. 4409 waits for the person. */
export const FINAL = new Set([4400, 4401, 4403, 4404, 4409]);
const ANSWERS = new Set(["ack", "refused", "conflict"]);
/** No beat and no answer to a ping: the socket looks alive and is deaf. */
const SILENCE = 45_000;
const SILENCE_WHILE_SEEN = 15_000;
const ANSWER_WITHIN = 10_000;
const HTTP_AFTER = 4_000;
const MEASURED = 5; // exchanges after each connection, to know the server's clock

interface Waiting {
  frame: Frame;
  resolve: (answer: Answer) => void;
  reject: (reason: Error) => void;
  timer: ReturnType<typeof setTimeout>;
}

export class Line {
  readonly state = signal<LineState>("connecting");
  readonly closeCode = signal(0);
  readonly since = signal(0);
  private readonly socket: ReturningSocket;
  private readonly waiting = new Map<string, Waiting>();
  private heardAt = 0;
  private pingedAt = 0;
  private measured = 0;

  constructor(
    private readonly options: {
      socketUrl: string;
      commandsUrl: string;
      clock: ServerClock;
      hello: () => Frame;
      heard: (frame: Frame) => void;
    },
  ) {
    const url = new URL(options.socketUrl, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.socket = new ReturningSocket(url.href, {
      opened: () => this.opened(),
      said: (text) => this.receive(text),
      closed: (code) => this.lost(code),
      final: (code) => FINAL.has(code),
    });
    addEventListener("online", () => this.wake());
    addEventListener("offline", () => this.cut());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.check();
    });
    setInterval(() => this.check(), 5_000);
  }

  /** Says something that needs no answer; lost when there is no connection. */
  tell(type: string, data: Record<string, unknown> = {}): void {
    this.write({ type, ref: crypto.randomUUID(), data });
  }

  /**
   * Asks, and resolves with the server's `ack` or `refused`. The same ref may be asked again: it takes effect
   * once. Rejects when neither socket nor HTTP answered in time.
   */
  ask(type: string, data: Record<string, unknown>, ref: string = crypto.randomUUID()): Promise<Answer> {
    const frame: Frame = { type, ref, data };
    return new Promise((resolve, reject) => {
      const open = this.state.value === "open";
      const timer = setTimeout(() => this.byHttp(ref), open ? ANSWER_WITHIN : HTTP_AFTER);
      this.waiting.set(ref, { frame, resolve, reject, timer });
      this.write(frame);
    });
  }

  /** Comes back at once instead of waiting for the next try. */
  wake(): void {
    if (this.state.value === "open") this.check();
    else if (this.state.value !== "ended") this.socket.again();
  }

  /** Ends the line; used before the page goes elsewhere. */
  end(): void {
    this.state.value = "ended";
    this.socket.close();
  }

  private opened(): void {
    this.measured = 0;
    this.heardAt = Date.now();
    // Before anybody hears that it is open: the server takes nothing ahead of the greeting.
    this.write(this.options.hello());
    for (const { frame } of this.waiting.values()) this.write(frame);
    this.state.value = "open";
    this.ping();
  }

  private write(frame: Frame): void {
    this.socket.send(JSON.stringify(frame));
  }

  private receive(text: string): void {
    this.heardAt = Date.now();
    const frame = JSON.parse(text) as Frame;
    const now = frame.now;
    if (frame.type === "pong" && typeof now === "string" && this.pingedAt > 0) {
      this.options.clock.add(this.pingedAt, this.options.clock.ownTime(), now);
      this.pingedAt = 0;
      // One exchange says little on a busy line: the quickest of a few does.
      this.measured += 1;
      if (this.measured < MEASURED) setTimeout(() => this.ping(), 200);
    }
    if (ANSWERS.has(frame.type) && typeof frame.ref === "string") {
      this.settle(frame as Answer);
    }
    this.options.heard(frame);
  }

  private settle(answer: Answer): void {
    const waiting = this.waiting.get(answer.ref);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    this.waiting.delete(answer.ref);
    waiting.resolve(answer);
  }

  private lost(code: number): void {
    this.closeCode.value = code;
    if (this.state.value === "open") this.since.value = Date.now();
    if (this.state.value !== "ended") this.state.value = FINAL.has(code) ? "ended" : "waiting";
  }

  /** The machine says that it is offline: nobody need wait for a silent socket to be noticed. */
  private cut(): void {
    if (this.state.value !== "open") return;
    this.lost(1006);
    this.socket.again();
  }

  private ping(): void {
    this.pingedAt = this.options.clock.ownTime();
    this.tell("ping");
  }

  private check(): void {
    if (this.state.value !== "open") return;
    const silent = Date.now() - this.heardAt;
    const seen = document.visibilityState === "visible" && this.pingedAt > 0;
    if (silent > (seen ? SILENCE_WHILE_SEEN : SILENCE)) {
      this.options.clock.distrust();
      this.cut();
    } else if (silent > 10_000 || document.visibilityState === "visible") {
      this.ping();
    }
  }

  private async byHttp(ref: string): Promise<void> {
    const waiting = this.waiting.get(ref);
    if (!waiting) return;
    try {
      const response = await fetch(this.options.commandsUrl, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
        body: JSON.stringify(waiting.frame),
        signal: AbortSignal.timeout(ANSWER_WITHIN),
      });
      const answer = (await response.json()) as Answer;
      if (typeof answer.ref !== "string") throw new Error(`HTTP ${response.status}`);
      this.settle(answer);
    } catch (reason) {
      clearTimeout(waiting.timer);
      this.waiting.delete(ref);
      waiting.reject(reason instanceof Error ? reason : new Error(String(reason)));
    }
  }
}
