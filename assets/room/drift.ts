/** Keeps a film at the server's position: small changes of speed first, a jump only when that would take too long. */

export const JUMP = 1.5; // seconds of drift above which speed alone would take too long
export const SETTLED = 0.2; // just after a start or a jump, when another one disturbs nobody, this is enough for it
const BEGIN = 0.06;
const ENOUGH = 0.02;
const MOST = 0.05;
const CALM = 2_000; // milliseconds between two jumps
const SETTLING = 4_000;
const MOST_LEAD = 1.5;

export interface Correction {
  rate: number;
  /** Where to jump to, seconds; null: stay. */
  seek: number | null;
}

/** Decides, a few times a second, how to come back to where the server says. */
export class Drift {
  private correcting = false;
  private jumpedAt = -CALM;
  private settlingUntil = 0;
  private lead = 0.05;
  private judged = true;

  /** The film has just begun to play here: jumps are free for a moment. */
  started(now: number): void {
    this.settlingUntil = now + SETTLING;
  }

  /** `expected` and `actual` in seconds of film, `now` in milliseconds of a steady clock. */
  correct(expected: number, actual: number, now: number): Correction {
    const drift = actual - expected;
    const off = Math.abs(drift);
    const calm = now - this.jumpedAt >= CALM;
    if (calm && (off > JUMP || (off > SETTLED && now < this.settlingUntil)))
      return this.jump(expected, drift, now);
    if (calm) this.judged = true;
    if (off > BEGIN) this.correcting = true;
    if (off < ENOUGH) this.correcting = false;
    if (!this.correcting) return { rate: 1, seek: null };
    return { rate: 1 - Math.max(-MOST, Math.min(MOST, drift * 0.5)), seek: null };
  }

  /** A jump takes a while itself: the next one aims as far ahead as the last one fell short. */
  private jump(expected: number, drift: number, now: number): Correction {
    if (!this.judged) this.lead = Math.max(0, Math.min(MOST_LEAD, this.lead - drift));
    this.judged = false;
    this.jumpedAt = now;
    this.settlingUntil = Math.max(this.settlingUntil, now + SETTLING);
    this.correcting = false;
    return { rate: 1, seek: expected + this.lead };
  }
}
