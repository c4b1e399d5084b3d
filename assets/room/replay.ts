/** The film on one's own clock: everything a player has, and where one was when one comes back. */
import { signal } from "@preact/signals";
import { recall, remember } from "../shared/kept";
import { Source } from "./source";

const KEPT_EVERY = 3_000;
export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];

export class Replay {
  readonly position = signal(0);
  readonly paused = signal(true);
  /** Whether it has played at all since the page was opened. */
  readonly begun = signal(false);
  readonly waiting = signal(false);
  readonly quiet = signal(false);
  readonly volume = signal(0.8);
  readonly speed = signal(1);
  private readonly source: Source;
  private readonly key: string;
  private keptAt = 0;

  constructor(
    readonly video: HTMLVideoElement,
    private readonly options: { address: string; key: string; refused: () => void; started: () => void },
  ) {
    this.key = `replay:${options.key}`;
    this.position.value = Number(recall(this.key)) || 0;
    const from = () => this.position.value;
    this.source = new Source(video, options.address, { from, live: false, refused: options.refused });
    video.volume = this.volume.value;
    video.addEventListener("timeupdate", () => this.moved());
    video.addEventListener("volumechange", () => {
      this.quiet.value = video.muted || video.volume === 0;
      this.volume.value = video.volume;
    });
    video.addEventListener("ratechange", () => {
      this.speed.value = video.playbackRate;
    });
    for (const name of ["play", "pause", "waiting", "playing", "ended"]) {
      video.addEventListener(name, () => this.settle(name));
    }
  }

  /** Loads the film; it plays when somebody asks, or at once where the browser lets it. */
  begin(): void {
    void this.source.open();
    void this.video.play().catch(() => undefined);
  }

  /** Lets go of it. */
  end(): void {
    this.source.close();
    this.video.pause();
  }

  running(): boolean {
    return !this.paused.value && !this.waiting.value;
  }

  get shown(): number {
    return this.video.currentTime;
  }

  toggle(): void {
    if (this.video.paused) void this.video.play().catch(() => undefined);
    else this.video.pause();
  }

  /** Goes to a second of the film. */
  seek(to: number): void {
    const end = Number.isFinite(this.video.duration) ? this.video.duration : to;
    this.video.currentTime = Math.min(Math.max(to, 0), end);
    this.position.value = this.video.currentTime;
  }

  setSpeed(speed: number): void {
    this.video.playbackRate = speed;
  }

  setVolume(volume: number): void {
    this.video.volume = Math.min(Math.max(volume, 0), 1);
    this.video.muted = false;
  }

  toggleSound(): void {
    this.video.muted = !this.quiet.value;
    if (!this.video.muted && this.video.volume === 0) this.video.volume = 0.8;
  }

  private moved(): void {
    if (this.video.readyState < 2 || this.video.seeking) return;
    this.position.value = this.video.currentTime;
    if (Date.now() - this.keptAt < KEPT_EVERY) return;
    this.keptAt = Date.now();
    remember(this.key, String(Math.floor(this.position.value)));
  }

  private settle(name: string): void {
    this.paused.value = this.video.paused;
    if (name === "playing") {
      this.begun.value = true;
      this.options.started();
    }
    if (name === "waiting") this.waiting.value = true;
    if (name === "playing" || name === "pause") this.waiting.value = false;
    if (name === "ended") remember(this.key, "0");
  }
}
