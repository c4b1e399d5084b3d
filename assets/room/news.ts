/** What the team said while nobody looked: the tab counts it, full screen shows it, a thread read back to says it. */
import { computed, effect, signal } from "@preact/signals";
import type { PublicMessage } from "../shared/protocol";
import type { Chat } from "./chat";

/** The thread is laid out from its end: there it stands at 0, further back below it. */
const AT_THE_END = -40;

export class News {
  /** Where a reader is: in front of the page, at the end of the thread, out of full screen. */
  private readonly looking = signal(true);
  private readonly seen = signal(0);
  private back = false;
  /** What came from the team since, oldest first. */
  readonly fresh;
  readonly fullScreen = signal(false);

  constructor(chat: Chat) {
    this.seen.value = chat.log.last;
    this.fresh = computed(() =>
      chat.log.lines.value.filter((line) => line.seq > this.seen.value && isTheirs(line)),
    );
    for (const name of ["focus", "blur", "resize"]) addEventListener(name, () => this.look());
    for (const name of ["visibilitychange", "fullscreenchange"]) {
      document.addEventListener(name, () => this.look());
    }
    document.addEventListener("scroll", (event) => this.scrolled(event.target), { capture: true });
    effect(() => {
      const last = chat.log.lines.value.at(-1)?.seq ?? 0;
      if (this.looking.value) this.seen.value = last;
    });
    const title = document.title;
    effect(() => {
      const count = this.fresh.value.length;
      document.title = count > 0 ? `(${count}) ${title}` : title;
    });
  }

  private scrolled(thread: EventTarget | null): void {
    if (!(thread instanceof HTMLElement) || !thread.matches(".talk .thread")) return;
    this.back = thread.scrollTop < AT_THE_END;
    this.look();
  }

  private look(): void {
    this.fullScreen.value = document.fullscreenElement !== null;
    this.looking.value =
      document.visibilityState === "visible" && document.hasFocus() && !this.fullScreen.value && !this.back;
  }
}

function isTheirs(line: PublicMessage): boolean {
  return line.kind !== "attendee" && line.kind !== "event";
}
