/** What the inbox knows: rows, counters, the open thread; fed by the line, whole again after each gap. */
import { computed, effect, signal } from "@preact/signals";
import { ServerClock } from "../shared/clock";
import { type Frame, Line } from "../shared/line";
import type { Counts, Row, Status, TeamFrame } from "../shared/protocol";
import { get } from "./http";
import {
  freshOf,
  type Group,
  grouped,
  inView,
  longest,
  matching,
  nextWaiting,
  shownOf,
  type View,
} from "./sort";
import { looking, unsentIn } from "./tab";
import { type Around, Thread } from "./thread";
import type { InboxData } from "./types";

const POLL_EVERY = 5_000;
const POSITIONS_EVERY = 30_000;

interface Changes {
  revision: number;
  rows: Row[];
  counts: Counts;
  status: Status;
}

export class Inbox {
  readonly rows = signal<ReadonlyMap<string, Row>>(new Map());
  readonly counts = signal<Counts>({ mine: 0, unassigned: 0, waiting: 0, owed: 0, all: 0, resolved: 0 });
  readonly status; // what the member intends: theirs alone to set, on whatever device
  readonly view = signal<View>("all");
  readonly words = signal("");
  readonly searching = signal(false);
  /** Said once to everybody, also to those who listen. */
  readonly said = signal("");
  readonly selected = signal<string | null>(null);
  readonly side = signal(false);
  /** The server's time, once a second. */
  readonly now = signal(0);
  /** What the list showed when the pointer came over it; it does not move until the pointer leaves. */
  readonly frozen = signal<Group[] | null>(null);
  readonly all = computed(() => [...this.rows.value.values()]);
  readonly longest = computed(() => longest(this.all.value));
  readonly groups = computed(() =>
    grouped(
      matching(
        this.all.value.filter((row) => inView(row, this.view.value, this.data.me.id)),
        this.words.value,
      ),
      this.view.value,
    ),
  );
  readonly shown = computed(() => shownOf(this.frozen.value, this.groups.value, this.rows.value));
  readonly fresh = computed(() => freshOf(this.frozen.value, this.groups.value).length);
  readonly line: Line;
  readonly clock: ServerClock;
  /** Told of every wait that begins while the page is open. */
  waitBegan: (row: Row) => void = () => {};
  private revision: number;
  private readonly heardAt = new Map<string, number>();
  private readonly threads = new Map<string, Thread>();
  private readonly around: Around;

  constructor(readonly data: InboxData) {
    this.clock = new ServerClock(data.now);
    this.revision = data.revision;
    this.view.value = data.view;
    this.merge(data.rows, false);
    this.counts.value = data.counts;
    this.status = signal<Status>(data.status);
    this.line = new Line({
      socketUrl: data.urls.socket,
      commandsUrl: data.urls.commands,
      clock: this.clock,
      hello: () => ({ type: "hello", data: { revision: this.revision, epoch: data.epoch } }),
      heard: (frame) => this.hear(frame),
    });
    const limits = { accept: data.files.accept, mostBytes: data.files.most_bytes };
    const files = { base: data.urls.files, limits };
    this.around = { line: this.line, base: data.urls.base, files, me: data.me, looking };
    this.line.state.subscribe((state) => {
      if (state === "open") this.thread()?.open();
    });
    const tick = () => {
      this.now.value = this.clock.now();
    };
    tick();
    setInterval(tick, 1_000);
    setInterval(() => void this.poll(), POLL_EVERY);
    setInterval(() => void this.positions(), POSITIONS_EVERY);
    addEventListener("focus", () => this.thread()?.markSeen());
    document.addEventListener("visibilitychange", () => this.thread()?.markSeen());
    for (const id of unsentIn(data.me.id)) if (this.rows.value.has(id)) this.threadOf(id);
    effect(() => {
      if (this.view.value === "resolved") void this.load("resolved");
    });
  }

  /** The open thread. */
  thread(): Thread | null {
    const id = this.selected.value;
    return id === null ? null : this.threadOf(id);
  }

  row(id: string | null): Row | null {
    return id === null ? null : (this.rows.value.get(id) ?? null);
  }

  /** Opens a conversation, or none. */
  select(id: string | null): void {
    if (id === this.selected.peek()) return;
    this.thread()?.close();
    this.selected.value = id;
    this.side.value = false;
    if (id !== null) this.threadOf(id).open();
  }

  next(): Row | null {
    return nextWaiting(this.all.value, this.data.me.id, this.selected.value);
  }

  show(view: View): void {
    this.frozen.value = null;
    this.view.value = view;
  }

  /** Opens or closes the field that narrows the list. */
  search(on: boolean): void {
    this.searching.value = on;
    if (!on) this.words.value = "";
  }

  announce(text: string): void {
    this.said.value = text;
    setTimeout(() => {
      if (this.said.value === text) this.said.value = "";
    }, 6_000);
  }

  /** Milliseconds since the server's instant. */
  since(instant: string): number {
    return this.now.value - Date.parse(instant);
  }

  /** Where they are in the film by now; a shared film runs on between two looks. */
  position(row: Row): number | "left" | null {
    if (typeof row.position !== "number") return row.position;
    const runs = row.kind === "scheduled" || row.kind === "just_in_time";
    const heard = this.heardAt.get(row.id) ?? this.now.value;
    return row.position + (runs ? Math.max(0, this.now.value - heard) / 1000 : 0);
  }

  private threadOf(id: string): Thread {
    const known = this.threads.get(id) ?? new Thread(id, this.around);
    this.threads.set(id, known);
    return known;
  }

  private hear(frame: Frame): void {
    const said = frame as unknown as TeamFrame;
    switch (said.type) {
      case "ready":
        if (said.epoch !== this.data.epoch) location.reload();
        this.status.value = said.status;
        break;
      case "inbox.changed":
        this.take(said);
        break;
      case "event":
        this.threads.get(said.conversation)?.log.take(said.message);
        if (said.conversation === this.selected.value) this.thread()?.markSeen();
        break;
      case "beat":
      case "pong":
        if (said.head > this.revision)
          this.line.tell("hello", { revision: this.revision, epoch: this.data.epoch });
        break;
      case "reload":
        location.reload();
        break;
      default:
        this.hearOfThread(said);
    }
  }

  private hearOfThread(said: TeamFrame): void {
    if (!("conversation" in said)) return;
    const thread = this.threads.get(said.conversation);
    if (!thread) return;
    if (said.type === "typing") thread.signs.heard(said.name, said.user ?? null);
    else if (said.type === "read") thread.read.value = Math.max(thread.read.value, said.seq);
    else if (said.type === "delivered") thread.delivered.value = Math.max(thread.delivered.value, said.seq);
    else if (said.type === "viewing") thread.viewers.value = said.users;
  }

  private take(changes: Changes): void {
    if (changes.revision < this.revision) return;
    this.revision = changes.revision;
    this.merge(changes.rows, true);
    this.counts.value = changes.counts;
    this.status.value = changes.status;
    const open = this.selected.value;
    if (open !== null && changes.rows.some((row) => row.id === open)) {
      this.thread()?.log.compare(this.row(open)?.seq ?? 0);
      void this.thread()?.loadFacts();
    }
  }

  private merge(rows: Row[], live: boolean): void {
    const merged = new Map(this.rows.value);
    for (const row of rows) {
      const before = merged.get(row.id);
      if (before && before.revision > row.revision) continue;
      merged.set(row.id, row);
      this.heardAt.set(row.id, this.clock.now());
      if (live && row.waiting_since && row.waiting_since !== before?.waiting_since) this.waitBegan(row);
    }
    this.rows.value = merged;
  }

  /** Without a socket the list still fills, a little later. */
  private async poll(): Promise<void> {
    if (this.line.state.value !== "waiting" || document.visibilityState !== "visible") return;
    try {
      this.take(await get<Changes>(`${this.data.urls.rows}?after_revision=${this.revision}`));
      await this.thread()?.refresh();
    } catch {
      // Asked again at the next turn.
    }
  }

  /** Who left and who is where changes no revision: looked up while somebody looks. */
  private async positions(): Promise<void> {
    if (document.visibilityState === "visible" && this.line.state.value === "open") await this.load("all");
  }

  private async load(view: View): Promise<void> {
    try {
      const changes = await get<Changes>(`${this.data.urls.rows}?view=${view}`);
      this.merge(changes.rows, true);
    } catch {
      // The list stays as it is; the next change or turn brings it.
    }
  }
}
