/** The server's clock as this page knows it: the browser's own is never trusted. */

interface Sample {
  offset: number;
  trip: number;
}

/** Offset between the server's clock and this page's, from the exchanges with the shortest round trip. */
export class ServerClock {
  private samples: Sample[] = [];

  /** `serverNow`: ISO instant the page was rendered with; better samples replace it. */
  constructor(
    serverNow: string,
    private readonly own: () => number = () => performance.timeOrigin + performance.now(),
  ) {
    const trip = 2_000; // a page takes a while: anything measured is better
    this.samples.push({ offset: Date.parse(serverNow) - this.own(), trip });
  }

  /** Notes an exchange: sent and received by `ownTime()`, answered with the server's instant. */
  add(sentAt: number, receivedAt: number, serverNow: string): void {
    const trip = receivedAt - sentAt;
    const offset = Date.parse(serverNow) - (sentAt + trip / 2);
    this.samples = [...this.samples.slice(-7), { offset, trip }];
  }

  /** Milliseconds of this page's own steady clock, for `add`. */
  ownTime(): number {
    return this.own();
  }

  /** The server's time now, in milliseconds since the epoch. */
  now(): number {
    const best = this.samples.reduce((a, b) => (b.trip < a.trip ? b : a));
    return this.own() + best.offset;
  }

  /** Doubts what was measured before a sleep; `missed`: milliseconds for which the steady clock stood still. */
  distrust(missed = 0): void {
    this.samples = this.samples.map(({ offset, trip }) => ({ offset: offset + missed, trip: trip + 10_000 }));
  }
}
