/** Who writes just now: signs that nobody keeps, forgotten after six seconds (F-19). */
import { signal } from "@preact/signals";

const TYPING_FOR = 6_000;

export class Signs {
  readonly attendee = signal(false);
  readonly team = signal<string | null>(null);
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(private readonly me: string) {}

  /** Somebody writes; `user` is the member's id, null the attendee. */
  heard(name: string, user: string | null): void {
    if (user === this.me) return;
    const byTeam = user !== null;
    const flag = byTeam ? "team" : "attendee";
    clearTimeout(this.timers.get(flag));
    this.set(byTeam, name);
    this.timers.set(
      flag,
      setTimeout(() => this.set(byTeam, null), TYPING_FOR),
    );
  }

  /** What they wrote is here. */
  wrote(byTeam: boolean): void {
    this.set(byTeam, null);
  }

  /** Nobody looks any more. */
  forget(): void {
    this.set(true, null);
    this.set(false, null);
  }

  private set(byTeam: boolean, name: string | null): void {
    if (byTeam) this.team.value = name;
    else this.attendee.value = name !== null;
  }
}
