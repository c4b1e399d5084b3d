/** What a visitor's own browser remembers of prompts: no cookie, no row anywhere, nothing that follows them. */
import type { PromptsData } from "../shared/inviter";
import type { Seen } from "../shared/prompts";

export interface Memory {
  seen: Record<string, Seen>;
  quietUntil: number | null;
  /** The last prompt that was followed: if a place comes of it, the place's page says so once. */
  acted: string | null;
}

const nothing = (): Memory => ({ seen: {}, quietUntil: null, acted: null });

function read(area: Storage, key: string): string | null {
  try {
    return area.getItem(key);
  } catch {
    return null;
  }
}

function write(area: Storage, key: string, value: string): void {
  try {
    area.setItem(key, value);
  } catch {
    // Storage refused: it lasts as long as the page.
  }
}

export function recall(webinar: string): Memory {
  try {
    return { ...nothing(), ...JSON.parse(read(localStorage, `matinee:prompts:${webinar}`) ?? "{}") };
  } catch {
    return nothing();
  }
}

export function keep(webinar: string, memory: Memory): void {
  write(localStorage, `matinee:prompts:${webinar}`, JSON.stringify(memory));
}

/** Fills in what the server cannot know of a visitor: their visit, their language, whether they were here before. */
export function introduce(data: PromptsData): Memory {
  const memory = recall(data.webinar);
  let visit = read(sessionStorage, "matinee:visit");
  if (!visit) {
    visit = crypto.randomUUID();
    write(sessionStorage, "matinee:visit", visit);
  }
  const key = `matinee:visit:${data.webinar}`;
  const first = read(localStorage, key);
  if (!first) write(localStorage, key, visit);
  data.session = visit;
  data.seen = memory.seen;
  data.quiet_until = memory.quietUntil;
  data.properties = {
    ...data.properties,
    language: navigator.language.slice(0, 2).toLowerCase(),
    returning: first && first !== visit ? "yes" : "no",
  };
  return memory;
}
