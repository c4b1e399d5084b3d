/** A WebSocket that comes back by itself, until it is closed for good. */

const OPEN_WITHIN = 10_000;

/** The first try at once; then full jitter, 0.5 s doubling to 20 s, so that a thousand pages do not come back together. */
export function backOff(attempt: number, random = Math.random): number {
  return attempt === 0 ? 0 : random() * Math.min(20_000, 500 * 2 ** (attempt - 1));
}

export interface Hearing {
  opened: () => void;
  said: (text: string) => void;
  closed: (code: number) => void;
  /** Whether a close with this code ends it: asking again would be refused again. */
  final: (code: number) => boolean;
}

export class ReturningSocket {
  private socket: WebSocket | null = null;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly url: string,
    private readonly hearing: Hearing,
  ) {
    this.again();
  }

  get open(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  send(text: string): void {
    if (this.open) this.socket?.send(text);
  }

  /** Lets go of what there is, says nothing of it, and tries anew at once. */
  again(): void {
    this.drop();
    this.connect();
  }

  /** Ends it. */
  close(): void {
    this.drop();
  }

  private drop(): void {
    clearTimeout(this.timer);
    const { socket } = this;
    this.socket = null; // from here on nothing of it is heard
    socket?.close(1000);
  }

  private connect(): void {
    const socket = new WebSocket(this.url);
    this.socket = socket;
    // A connection that neither opens nor fails, as behind some hotel's network.
    this.timer = setTimeout(() => this.lost(socket, 1006), OPEN_WITHIN);
    const mine = () => this.socket === socket;
    socket.onopen = () => {
      if (!mine()) return;
      clearTimeout(this.timer);
      this.attempt = 0;
      this.hearing.opened();
    };
    socket.onmessage = (event) => {
      if (mine()) this.hearing.said(String(event.data));
    };
    socket.onclose = (event) => this.lost(socket, event.code);
  }

  private lost(socket: WebSocket, code: number): void {
    if (this.socket !== socket) return;
    this.drop();
    this.hearing.closed(code);
    if (this.hearing.final(code)) return;
    this.attempt += 1;
    this.timer = setTimeout(() => this.connect(), backOff(this.attempt));
  }
}
