/** House lights: after a while without a hand everything but the film sinks; a hand, a key or a message raises it. */
import { signal } from "@preact/signals";
import { recall, remember } from "../shared/kept";

const AFTER = 20_000;
const KEY = "lights";
const HANDS = ["pointermove", "pointerdown", "keydown", "focusin", "wheel"];

export class Lights {
  /** Whether the lights go down by themselves. */
  readonly auto = signal(recall(KEY) !== "off");
  private timer = 0;
  private heldUntil = 0;

  /** `may`: the film plays and nobody is writing. */
  constructor(private readonly may: () => boolean) {
    for (const name of HANDS) {
      addEventListener(name, () => this.raise(), { passive: true, capture: true });
    }
    this.raise();
  }

  /** Up again, and the wait begins anew. */
  raise(): void {
    if (performance.now() < this.heldUntil) return;
    document.body.classList.remove("is-dim");
    clearTimeout(this.timer);
    if (this.auto.value) this.timer = window.setTimeout(() => this.lower(), AFTER);
  }

  /** Whether they go down by themselves from now on; switched on, they go down at once. */
  toggle(): void {
    this.auto.value = !this.auto.value;
    remember(KEY, this.auto.value ? "on" : "off");
    if (!this.auto.value) {
      this.raise();
      return;
    }
    this.lower();
    this.heldUntil = performance.now() + 1_500; // the hand that pressed still moves
  }

  private lower(): void {
    if (this.may()) document.body.classList.add("is-dim");
    else this.raise();
  }
}
