/** Gives a video element its film: HLS by script where the browser can, else by itself; comes back after trouble. */
import type Hls from "hls.js/light";

const HLS = "application/vnd.apple.mpegurl";
const PAUSES = [500, 1_000, 2_000, 4_000, 5_000];
const REFUSED_OFTEN = 4;

/** Fetches the player's code before it is needed. */
export function prefetch(): void {
  void import("hls.js/light").catch(() => undefined);
}

/** One film in one element; opened again and again until it is closed. */
export class Source {
  private hls: Hls | null = null;
  private attempts = 0;
  private refused = 0;
  private wanted = false;
  private timer = 0;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly address: string,
    private readonly options: { from: () => number; live: boolean; refused: () => void },
  ) {
    video.addEventListener("error", () => {
      if (this.hls === null && this.wanted && video.currentSrc) this.again(0);
    });
    video.addEventListener("playing", () => {
      this.attempts = 0;
      this.refused = 0;
    });
  }

  /** Loads the film from where it should be now. */
  async open(): Promise<void> {
    this.close();
    this.wanted = true;
    try {
      const { default: Player } = await import("hls.js/light");
      if (!this.wanted || this.hls !== null) return;
      if (Player.isSupported()) this.openByScript(Player);
      else this.openNatively();
    } catch {
      if (this.wanted) this.again(0);
    }
  }

  /** Lets go of the film. */
  close(): void {
    this.wanted = false;
    clearTimeout(this.timer);
    this.hls?.destroy();
    this.hls = null;
  }

  private openByScript(Player: typeof Hls): void {
    const hls = new Player({
      startPosition: this.options.from(),
      // A live event's list that grows from its beginning: the position is ours alone, never the list's end.
      liveSyncDuration: 10,
      liveMaxLatencyDuration: Number.POSITIVE_INFINITY,
      maxLiveSyncPlaybackRate: 1,
      lowLatencyMode: false,
      backBufferLength: 30,
      maxBufferLength: 30,
      capLevelToPlayerSize: true,
      enableWorker: false,
    });
    this.hls = hls;
    hls.on(Player.Events.ERROR, (_, problem) => {
      if (problem.fatal && this.hls === hls) this.again(problem.response?.code ?? 0);
    });
    hls.loadSource(this.address);
    hls.attachMedia(this.video);
  }

  private openNatively(): void {
    if (!this.video.canPlayType(HLS)) return;
    const from = this.options.from();
    this.video.addEventListener("loadedmetadata", () => (this.video.currentTime = from), { once: true });
    this.video.src = this.address;
    this.video.load();
  }

  private again(status: number): void {
    if (status === 403 || status === 404) this.refused += 1;
    if (this.refused >= REFUSED_OFTEN) {
      this.refused = 0;
      this.options.refused();
    }
    this.close();
    this.wanted = true;
    const pause = PAUSES[Math.min(this.attempts, PAUSES.length - 1)] ?? 0;
    this.attempts += 1;
    this.timer = window.setTimeout(() => void this.open(), pause);
  }
}
