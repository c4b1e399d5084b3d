/** Which phase the room is in and how far the film is, from the server's time alone: the same rules as the server's. */
import type { SessionData } from "./data";

export type Phase = "early" | "playing" | "exit" | "over";

export interface Times {
  /** Milliseconds since the epoch; null: nobody opened this clock yet. */
  startsAt: number | null;
  closesAt: number | null;
  /** Seconds of film. */
  duration: number;
  replay: boolean;
}

/** A session's times as numbers. */
export function timesOf(session: SessionData): Times {
  const at = (text: string | null) => (text === null ? null : Date.parse(text));
  return {
    startsAt: at(session.starts_at),
    closesAt: at(session.closes_at),
    duration: session.duration,
    replay: session.kind === "replay",
  };
}

/** The phase at `now` (milliseconds); each begins at its first instant. */
export function phaseAt(times: Times, now: number): Phase {
  if (times.startsAt === null || now < times.startsAt) return "early";
  if (times.closesAt !== null && now >= times.closesAt) return "over";
  if (times.replay) return "playing";
  if (now < endOf(times)) return "playing";
  return times.closesAt === null ? "over" : "exit";
}

/** Seconds into the film at `now`: 0 before it plays, its whole length afterwards. Not for replays. */
export function positionAt(times: Times, now: number): number {
  if (times.startsAt === null) return 0;
  return Math.min(Math.max((now - times.startsAt) / 1000, 0), times.duration);
}

/** Milliseconds until the next phase begins by itself; null when none does. */
export function untilNext(times: Times, now: number): number | null {
  const steps = [times.startsAt, times.replay ? null : endOf(times), times.closesAt];
  const coming = steps.filter((step): step is number => step !== null && step > now);
  return coming.length > 0 ? Math.min(...coming) - now : null;
}

function endOf(times: Times): number {
  return (times.startsAt ?? 0) + times.duration * 1000;
}
