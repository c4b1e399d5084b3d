/** A conversation as the server numbered it: in order, without holes, each line once and as it is now. */
import { signal } from "@preact/signals";

export interface Numbered {
  seq: number;
  /** An earlier line as it is now; the line that carries it is counted and not shown. */
  change?: Numbered | null;
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
    this.lines.value = folded([], lines);
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
    this.lines.value = folded([], lines);
    this.head = head;
    this.wanted = head;
  }

  private append(lines: Line[]): void {
    const fresh = lines.filter((line) => line.seq > this.head);
    const end = fresh.at(-1);
    if (!end) return;
    this.head = end.seq;
    this.lines.value = folded(this.lines.value, fresh);
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

/** The lines with what is new: each change put in the place of the line it speaks of, if that is here. */
function folded<Line extends Numbered>(known: Line[], fresh: Line[]): Line[] {
  const lines = [...known];
  for (const line of fresh) {
    if (!line.change) {
      lines.push(line);
      continue;
    }
    const now = line.change as Line;
    const place = lines.findIndex((one) => one.seq === now.seq);
    if (place >= 0) lines[place] = now;
  }
  return lines;
}
