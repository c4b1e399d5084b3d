/** The film on the session's clock: always where the server says, never where a hand would like it. */
import { signal } from "@preact/signals";
import { Drift, JUMP } from "./drift";
import { Source } from "./source";

export type FilmState = "off" | "starting" | "playing" | "finding";

const BEAT = 250;
const STUCK = 1_200; // milliseconds without a new picture before the page says so
const HOPELESS = 12_000;

export interface FilmOptions {
  address: string;
  /** Seconds into the film by the server's clock. */
  position: () => number;
  /** Whether the film is on at all. */
  on: () => boolean;
  /** The server handed nothing out, again and again. */
  refused: () => void;
}

export class Film {
  readonly state = signal<FilmState>("off");
  readonly quiet = signal(true);
  /** The browser keeps the sound off until somebody presses something. */
  readonly asking = signal(false);
  readonly volume = signal(0.8);
  private readonly source: Source;
  private readonly drift = new Drift();
  private soundWanted = false;
  private aim = -1;
  private movedAt = 0;
  private lastTime = -1;
  private timer = 0;

  constructor(
    readonly video: HTMLVideoElement,
    private readonly options: FilmOptions,
  ) {
    this.source = new Source(video, options.address, {
      from: options.position,
      live: true,
      refused: options.refused,
    });
    video.volume = this.volume.value;
    video.addEventListener("seeking", () => this.refuseSeeking());
    video.addEventListener("seeked", () => {
      this.aim = -1;
    });
    video.addEventListener("playing", () => this.drift.started(performance.now()));
    video.addEventListener("volumechange", () => {
      this.quiet.value = video.muted || video.volume === 0;
      if (video.volume > 0) this.volume.value = video.volume;
    });
    addEventListener("online", () => {
      if (this.state.value === "finding") this.reopen();
    });
    this.refuseMediaKeys();
  }

  /** Begins as soon as the film is on; `sound`: a person has pressed Enter. */
  begin(sound: boolean): void {
    this.soundWanted = sound;
    this.asking.value = !sound;
    this.state.value = "starting";
    this.movedAt = performance.now();
    void this.source.open();
    this.timer = window.setInterval(() => this.beat(), BEAT);
    this.beat();
  }

  /** Ends it: the exit room and the waiting room show no film. */
  end(): void {
    clearInterval(this.timer);
    this.source.close();
    this.video.pause();
    this.state.value = "off";
  }

  /** Sound on; called from a press, which is what browsers want. */
  sound(): void {
    this.soundWanted = true;
    this.asking.value = false;
    this.video.muted = false;
    if (this.video.volume === 0) this.video.volume = 0.8;
    void this.play();
  }

  /** Sound off or on. */
  toggleSound(): void {
    if (this.quiet.value) this.sound();
    else {
      this.soundWanted = false;
      this.video.muted = true;
    }
  }

  /** 0 to 1. */
  setVolume(volume: number): void {
    this.video.volume = volume;
    if (volume > 0) this.sound();
  }

  /** Where the film is in this browser, seconds. */
  get shown(): number {
    return this.video.currentTime;
  }

  private reopen(): void {
    this.movedAt = performance.now();
    void this.source.open();
  }

  private beat(): void {
    const now = performance.now();
    if (!this.options.on()) {
      this.end();
      return;
    }
    if (this.video.currentTime !== this.lastTime && !this.video.seeking) {
      this.lastTime = this.video.currentTime;
      this.movedAt = now;
      if (this.video.readyState >= 3 && !this.video.paused) this.state.value = "playing";
    }
    const still = now - this.movedAt;
    // The last picture may come a moment before the session's own end.
    if (still > STUCK && this.state.value === "playing" && !this.video.ended) this.state.value = "finding";
    if (still > HOPELESS) this.reopen();
    if (this.video.paused && this.video.readyState >= 2 && !this.video.ended) void this.play();
    this.correct(now);
  }

  private correct(now: number): void {
    const { video } = this;
    if (video.readyState < 1 || video.seeking) return;
    const expected = this.options.position();
    const { rate, seek } = this.drift.correct(expected, video.currentTime, now);
    if (video.playbackRate !== rate) video.playbackRate = rate;
    // Beyond what the list holds, a jump would land on its end: the list grows, so wait.
    if (seek !== null && seek < this.reachable()) this.jump(seek);
  }

  private reachable(): number {
    const { seekable } = this.video;
    return seekable.length > 0 ? seekable.end(seekable.length - 1) - 0.2 : 0;
  }

  private jump(to: number): void {
    this.aim = to;
    this.video.currentTime = to;
  }

  /** A hand, a key or an extension moved it: back to where the server says. */
  private refuseSeeking(): void {
    const at = this.video.currentTime;
    if (Math.abs(at - this.aim) < 0.3 || this.state.value === "starting") return;
    const expected = this.options.position();
    if (Math.abs(at - expected) > JUMP) this.jump(expected);
  }

  private refuseMediaKeys(): void {
    const actions: MediaSessionAction[] = ["pause", "stop", "seekto", "seekbackward", "seekforward"];
    for (const action of actions) {
      try {
        navigator.mediaSession?.setActionHandler(action, () => undefined);
      } catch {
        // This browser has no such key.
      }
    }
  }

  private async play(): Promise<void> {
    try {
      this.video.muted = !this.soundWanted;
      await this.video.play();
    } catch (reason) {
      if (reason instanceof DOMException && reason.name === "NotAllowedError" && !this.video.muted) {
        this.soundWanted = false;
        this.asking.value = true;
        this.video.muted = true;
        await this.video.play().catch(() => undefined);
      }
    }
  }
}
