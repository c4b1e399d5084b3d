/** A conversation as the server numbered it: in order, without holes, each line once. */
import { signal } from "@preact/signals";

export interface Numbered {
  seq: number;
}

/** Lines up to `head`; a line that is too early makes the log ask for what is missing. */
export class Log<Line extends Numbered> {
  readonly lines = signal<Line[]>([]);
  private head: number;
  private wanted = 0;
  private asking = false;

  /** `fetchAfter(seq)` resolves with the lines after `seq`, in order. */
  constructor(
    lines: Line[],
    head: number,
    private readonly fetchAfter: (seq: number) => Promise<Line[]>,
  ) {
    this.lines.value = lines;
    this.head = Math.max(head, lines.at(-1)?.seq ?? 0);
  }

  /** The number of the last line that is here. */
  get last(): number {
    return this.head;
  }

  /** Takes one line from the server: the next is added, a known one dropped, a later one starts a fetch. */
  take(line: Line): void {
    if (line.seq === this.head + 1) this.append([line]);
    else this.compare(line.seq);
  }

  /** The server says its head is `head`; fetches when that is further than ours. */
  compare(head: number): void {
    if (head <= this.head) return;
    this.wanted = Math.max(this.wanted, head);
    void this.catchUp();
  }

  /** Starts anew with a snapshot, after a restore or when too much was missed. */
  reset(lines: Line[], head: number): void {
    this.lines.value = lines;
    this.head = head;
    this.wanted = head;
  }

  private append(lines: Line[]): void {
    const fresh = lines.filter((line) => line.seq > this.head);
    const end = fresh.at(-1);
    if (!end) return;
    this.head = end.seq;
    this.lines.value = [...this.lines.value, ...fresh];
  }

  private async catchUp(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    try {
      // What is heard of while a page is on its way is fetched with the next one.
      for (let before = -1; before < this.head && this.head < this.wanted; ) {
        before = this.head;
        this.append(await this.fetchAfter(this.head));
      }
    } catch {
      // The next beat or reconnect compares again.
    } finally {
      this.asking = false;
    }
  }
}
