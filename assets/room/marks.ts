/** How far this browser has got, told to the server: received at most once a second, read only before somebody's eyes. */
import { signal } from "@preact/signals";
import type { Line } from "../shared/line";

const TOGETHER = 1_000;

export class Marks {
  /** How far the team has read, where the host shows it. */
  readonly seen = signal<number | null>(null);
  private read: number;
  private delivered = 0;
  private telling = 0;

  constructor(
    read: number,
    seen: number | null,
    private readonly line: Pick<Line, "tell" | "state">,
    private readonly last: () => number,
    private readonly looking = () => document.visibilityState === "visible" && document.hasFocus(),
  ) {
    this.read = read;
    this.seen.value = seen;
  }

  /** Another tab, or this one before, has read so far. */
  heardRead(seq: number): void {
    this.read = Math.max(this.read, seq);
  }

  heardSeen(seq: number | null): void {
    this.seen.value = seq;
  }

  /** What is here was in front of somebody's eyes: only with the page visible and focused (F-32). */
  markRead(): void {
    const last = this.last();
    if (last <= this.read || !this.looking() || this.line.state.value !== "open") return;
    this.read = last;
    this.line.tell("read", { seq: last });
  }

  /** What is here has reached this browser; several lines are told of together. */
  markDelivered(): void {
    if (this.telling || this.last() <= this.delivered) return;
    this.telling = setTimeout(() => {
      this.telling = 0;
      // Without a line it is told of when the next line comes, or when this one is back.
      if (this.line.state.value !== "open" || this.last() <= this.delivered) return;
      this.delivered = this.last();
      if (this.delivered > this.read) this.line.tell("delivered", { seq: this.delivered });
    }, TOGETHER) as unknown as number;
  }
}
