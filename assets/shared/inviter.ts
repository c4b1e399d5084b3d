/** Watches a page until a prompt may show: counts what passes here, and asks before anything is shown. */
import { decide, type PageKind, type Prompt, passedBetween, type Seen, type Situation } from "./prompts";

/** What the server leaves for the prompts of a page. */
export interface PromptsData {
  page: PageKind;
  webinar: string;
  team: string;
  quiet_days: number;
  side: "left" | "right";
  prompts: Prompt[];
  visitor: boolean;
  mode: Situation["mode"];
  properties: Record<string, string>;
  seen: Record<string, Seen>;
  quiet_until: number | null;
  question_open: boolean;
  human_at: number | null;
  session: string;
  urls: { commands?: string; talk?: string; form?: string };
}

/** What changes while somebody is here; what is left out stays as the page brought it. */
export interface Live {
  page?: PageKind;
  mode?: Situation["mode"];
  position?: number | null;
  playing?: boolean;
  questionOpen?: boolean;
  humanAt?: number | null;
  writing?: boolean;
  asked?: boolean;
}

export interface Stage {
  /** The server's time. */
  now: () => number;
  live: () => Live;
  /** Whether it may be shown: noted by the server, or in a visitor's own browser. Rejects without a connection. */
  may: (prompt: Prompt, page: PageKind) => Promise<boolean>;
  show: (prompt: Prompt, page: PageKind) => void;
  note: (prompt: Prompt, what: "closed" | "acted", page: PageKind) => void;
}

const LOOK_EVERY = 500;
const TYPED_WITHIN = 10_000;
const ASK_AGAIN = 30_000;
const DAY = 86_400_000;
const HANDS = ["pointermove", "pointerdown", "keydown", "wheel", "touchstart", "scroll"];

/** How many pages of the team this tab has seen, this one included. */
function pagesSeen(team: string): number {
  const key = `matinee:pages:${team}`;
  try {
    const pages = new Set<string>(JSON.parse(sessionStorage.getItem(key) ?? "[]"));
    pages.add(location.pathname);
    sessionStorage.setItem(key, JSON.stringify([...pages]));
    return pages.size;
  } catch {
    return 1; // Storage refused: this page is all we know of.
  }
}

export class Inviter {
  private readonly pages: number;
  private readonly points: number[];
  private readonly passed = new Set<number>();
  private page: PageKind | null = null;
  private visibleFor = 0; // milliseconds before `visibleSince`
  private visibleSince: number | null = null;
  private handAt = performance.now();
  private typedAt = Number.NEGATIVE_INFINITY;
  private position: number | null = null;
  private asking = false;
  private notBefore = 0;
  private showing: { prompt: Prompt; page: PageKind } | null = null;

  constructor(
    readonly data: PromptsData,
    private readonly stage: Stage,
  ) {
    this.pages = pagesSeen(data.team);
    this.points = data.prompts.flatMap((one) => (one.position === null ? [] : [one.position]));
    this.visibility();
    document.addEventListener("visibilitychange", () => this.visibility());
    for (const name of HANDS) {
      addEventListener(
        name,
        () => {
          this.handAt = performance.now();
        },
        { passive: true },
      );
    }
    document.addEventListener("input", () => {
      this.typedAt = performance.now();
    });
    setInterval(() => this.look(), LOOK_EVERY);
  }

  /** The prompt on screen was closed: nothing for days, on every page. */
  close(): void {
    this.data.quiet_until = this.stage.now() + this.data.quiet_days * DAY;
    this.end("closed");
  }

  /** The prompt on screen was followed. */
  act(): void {
    this.end("acted");
  }

  private end(what: "closed" | "acted"): void {
    if (!this.showing) return;
    this.stage.note(this.showing.prompt, what, this.showing.page);
    this.showing = null;
  }

  private visibility(): void {
    const now = performance.now();
    const visible = document.visibilityState === "visible";
    if (this.visibleSince !== null) this.visibleFor += now - this.visibleSince;
    this.visibleSince = visible ? now : null;
    if (visible) this.handAt = Math.max(this.handAt, now - LOOK_EVERY); // coming back is a hand
  }

  /** A new page begins its seconds anew; the form of a page is the same page. */
  private turn(page: PageKind): void {
    const same = page === this.page || (page === "form" && this.page === "registration");
    if (!same && this.page !== null) {
      this.visibleFor = 0;
      if (this.visibleSince !== null) this.visibleSince = performance.now();
    }
    this.page = page;
  }

  private follow({ position = null, playing = false }: Live): void {
    if (playing && this.position !== null && position !== null)
      for (const point of passedBetween(this.points, this.position, position)) this.passed.add(point);
    this.position = position;
  }

  private look(): void {
    const live = this.stage.live();
    this.turn(live.page ?? this.data.page);
    this.follow(live);
    if (this.visibleSince === null || this.asking || this.stage.now() < this.notBefore) return;
    const situation = this.situation(live);
    const prompt = decide(this.data.prompts, situation);
    if (prompt) void this.ask(prompt, situation.page);
  }

  private situation(live: Live): Situation {
    const { data } = this;
    const now = performance.now();
    const seconds = this.visibleFor + (this.visibleSince === null ? 0 : now - this.visibleSince);
    return {
      page: live.page ?? data.page,
      now: this.stage.now(),
      session: data.session,
      mode: live.mode ?? data.mode,
      seconds: seconds / 1000,
      idle: (now - this.handAt) / 1000,
      pages: this.pages,
      position: this.position,
      passed: [...this.passed],
      properties: live.asked ? { ...data.properties, asked: "yes" } : data.properties,
      seen: data.seen,
      quietUntil: data.quiet_until,
      questionOpen: live.questionOpen ?? data.question_open,
      humanAt: live.humanAt ?? data.human_at,
      typing: live.writing === true || now - this.typedAt < TYPED_WITHIN,
      showing: this.showing !== null,
    };
  }

  private async ask(prompt: Prompt, page: PageKind): Promise<void> {
    this.asking = true;
    try {
      const may = await this.stage.may(prompt, page);
      // Refused: another device was first, or the team is writing. Either way it had its turn here.
      this.data.seen[prompt.key] = { at: this.stage.now(), session: this.data.session };
      if (may) {
        this.showing = { prompt, page };
        this.stage.show(prompt, page);
      }
    } catch {
      this.notBefore = this.stage.now() + ASK_AGAIN; // no connection: not important enough to insist
    } finally {
      this.asking = false;
    }
  }
}
