/** The room's state: the server's clock, the phase that follows from it, who has entered, film and talk. */
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { ServerClock } from "../shared/clock";
import { csrfToken } from "../shared/csrf";
import { untilLoaded } from "../shared/later";
import { Chat } from "./chat";
import type { RoomData } from "./data";
import type { Film } from "./film";
import { News } from "./news";
import { type Phase, phaseAt, positionAt, type Times, timesOf, untilNext } from "./phase";
import { reloadOnce } from "./reload";
import type { Replay } from "./replay";

const BEAT = 250;
const SEEN_EVERY = 10_000;
const SLEPT = 3_000; // milliseconds by which the steady clock fell behind the wall's
const PREFETCH = 60_000; // before the start
const PREPARING_EVERY = 20_000;

export class Room {
  readonly clock: ServerClock;
  readonly chat: Chat;
  readonly news: News;
  readonly times;
  readonly phase;
  readonly entered;
  /** The server's time, whole seconds rounded up, in milliseconds: what is shown changes with it. */
  readonly now = signal(0);
  /** Words that would be lost if the page went elsewhere now. */
  readonly writing = signal(false);
  /** The invitation above the composer, when there is one. */
  readonly card = signal<ComponentChildren>(null);
  /** In a replay: whether the transcript stands there instead of the talk. */
  readonly reading = signal(true);
  readonly film = signal<Film | null>(null);
  readonly replay = signal<Replay | null>(null);
  private prefetch: () => void = () => undefined;
  private left = false;
  private wall = Date.now() - performance.now();

  constructor(readonly data: RoomData) {
    this.clock = new ServerClock(data.now);
    this.times = signal<Times>(timesOf(data.session));
    this.phase = signal<Phase>(phaseAt(this.times.value, this.clock.now()));
    this.entered = signal(data.entered);
    this.chat = new Chat(data, this.clock);
    this.news = new News(this.chat);
    setInterval(() => this.beat(), BEAT);
    setInterval(() => this.tellSeen(), SEEN_EVERY);
    addEventListener("pagehide", () => this.tellSeen());
    this.beat();
    if (data.media === null) setTimeout(reloadOnce, PREPARING_EVERY);
  }

  /** Seconds into the film by the server's clock. */
  position(): number {
    return positionAt(this.times.value, this.clock.now());
  }

  /** The element that shows the film is there; the phase may have begun before. */
  async show(video: HTMLVideoElement): Promise<void> {
    if (this.data.media === null) return;
    if (this.data.session.kind === "replay") await this.showReplay(video, this.data.media.master);
    else await this.showFilm(video, this.data.media.master);
    if (this.phase.value === "playing") this.begin();
  }

  private async showFilm(video: HTMLVideoElement, address: string): Promise<void> {
    const { Film, prefetch } = await untilLoaded(() => import("./session-clock"));
    this.film.value = new Film(video, {
      address,
      position: () => this.position(),
      on: () => this.phase.value === "playing",
      refused: reloadOnce,
    });
    this.prefetch = prefetch;
    // What was watched is counted between two reports: one at each beginning and end loses nothing.
    this.film.value.state.subscribe(() => this.tellSeen());
  }

  /** A film on one's own clock has a player of its own, which other rooms never fetch. */
  private async showReplay(video: HTMLVideoElement, address: string): Promise<void> {
    const { Replay } = await untilLoaded(() => import("./own-clock"));
    const refused = reloadOnce;
    const started = () => {
      if (!this.entered.value) this.enter();
    };
    this.replay.value = new Replay(video, { address, key: this.data.registration, started, refused });
    this.replay.value.paused.subscribe(() => this.tellSeen());
  }

  /** The Enter click: a person is there, and wants to hear. */
  enter(): void {
    this.film.value?.sound();
    this.entered.value = true;
    void this.tellEntered();
  }

  private begin(): void {
    this.film.value?.begin(this.entered.value);
    this.replay.value?.begin();
  }

  private beat(): void {
    this.noticeSleep();
    const now = this.clock.now();
    this.now.value = Math.ceil(now / 1000) * 1000;
    const phase = phaseAt(this.times.value, now);
    if (phase !== this.phase.value) this.turn(phase);
    else if (phase === "over") this.leave(); // the words that kept it here may have gone out
    const next = untilNext(this.times.value, now);
    if (next === null) return;
    if (phase === "early" && next < PREFETCH) this.prefetch();
    // The instant itself is not left to the next beat.
    if (next < BEAT) setTimeout(() => this.beat(), next + 1);
  }

  private turn(phase: Phase): void {
    this.phase.value = phase;
    if (phase === "playing") this.begin();
    if (phase === "exit") this.film.value?.end();
    if (phase === "over") this.leave();
  }

  /** It is over: on to what is left of it, unless that would lose words. */
  private leave(): void {
    this.film.value?.end();
    this.replay.value?.end();
    if (this.left || this.writing.value || this.chat.outbox.entries.value.length > 0) return;
    this.left = true;
    location.replace(this.data.urls.over);
  }

  private noticeSleep(): void {
    const missed = Date.now() - performance.now() - this.wall;
    if (Math.abs(missed) < SLEPT) return;
    this.wall += missed;
    this.clock.distrust(Math.max(missed, 0));
    this.chat.line.wake();
  }

  private tellSeen(): void {
    if (!this.entered.value || this.phase.value === "over") return;
    const playing = this.replay.value?.running() ?? this.film.value?.state.value === "playing";
    const position =
      this.replay.value?.shown ?? (this.film.value && playing ? this.film.value.shown : this.position());
    this.chat.line.tell("seen", { position: Math.round(position * 10) / 10, playing });
  }

  private async tellEntered(attempt = 0): Promise<void> {
    try {
      const response = await fetch(this.data.urls.enter, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
        signal: AbortSignal.timeout(10_000),
      });
      if (response.status >= 500) throw new Error(`HTTP ${response.status}`);
      if (!response.ok) return reloadOnce();
      this.opened(await response.json());
    } catch {
      const pause = Math.min(20_000, 1_000 * 2 ** attempt);
      setTimeout(() => void this.tellEntered(attempt + 1), pause);
    }
  }

  /** A clock of one's own begins with the click. */
  private opened(answer: { kind: string; starts_at: string | null; ends_at: string | null }): void {
    const { session } = this.data;
    if (answer.kind !== session.kind) {
      reloadOnce(); // came late, and was given a clock of their own
      return;
    }
    if (session.starts_at !== null || answer.starts_at === null) return;
    session.starts_at = answer.starts_at;
    session.ends_at = answer.ends_at;
    const ends = answer.ends_at === null ? null : Date.parse(answer.ends_at);
    const closes = ends === null ? null : ends + session.exit_seconds * 1000;
    this.times.value = { ...timesOf(session), closesAt: closes };
    this.beat();
  }
}
