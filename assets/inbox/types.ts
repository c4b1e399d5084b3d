/** What the page and the facts' door tell the inbox, besides the frames of the protocol. */
import type { Counts, Me, Row, Status } from "../shared/protocol";
import type { View } from "./sort";

export interface InboxData {
  me: Me;
  team: { name: string };
  zone: string;
  revision: number;
  epoch: string;
  now: string;
  view: View;
  rows: Row[];
  counts: Counts;
  status: Status;
  next: { starts_at: string; registered: number; title: string } | null;
  files: { accept: string; most_bytes: number };
  urls: { socket: string; base: string; commands: string; rows: string; files: string };
}

export interface Place {
  kind: Row["kind"];
  starts_at: string | null;
  duration: number;
  position: number | null;
  standing: "live" | "attended" | "cancelled" | "missed" | "coming";
}

/** What was said by itself, lapsed when it was due, never became due, or is to come; in words of the server. */
export interface AutomaticLine {
  seq: number | null;
  kind: string;
  name: string;
  state: "said" | "lapsed" | "silent" | "coming";
  said: boolean;
  reason: string;
  why: string;
  rule: string;
  waited: number;
  since: string;
  due_at: string | null;
  at: string | null;
  question: number | null;
  promised: { due_at: string; settled_at: string | null; settled_by: string } | null;
}

export interface Episode {
  seq: number;
  question: string;
  opened_at: string;
  answered_at: string | null;
  resolved_at: string | null;
  by: string | null;
  outcome: Outcome;
}

/** What became of an episode; see `chat/measures.py`. */
export type Outcome = "live" | "later" | "abandoned" | "automatic" | "no_reply_needed" | "open" | "closed";

/** An entry of the host's list that is near what is asked; `said`: by itself, in this conversation. */
export interface NearEntry {
  id: number;
  question: string;
  answer: string;
  score: number;
  above: boolean;
  said: boolean;
}

/** A draft of a reply by a language model, this moderator's own. */
export interface Suggestion {
  id: number;
  state: "asked" | "ready" | "dropped" | "failed";
  text: string;
  reason: string;
}

/** Everything that stands beside a thread. */
export interface Facts {
  conversation: string;
  row: Row;
  head: number;
  read: number;
  delivered: number;
  /** Numbers of messages of which a copy went by e-mail. */
  mailed: number[];
  language: string;
  /** Ways to ask for a moment. */
  holding: string[];
  person: {
    first_name: string;
    email: string;
    confirmed: boolean;
    same_address: number;
    zone: string;
    language: string;
    since: string;
    registered_at: string;
  };
  duration: number;
  sessions: Place[];
  episodes: Episode[];
  webinars: { title: string; conversation: string | null }[];
  automatic: AutomaticLine[];
  outlook: { seq: number; reason: string; why: string; due_at: string | null } | null;
  faq: NearEntry[];
  /** Whether drafts can be asked for here, and the one there is. */
  drafts: boolean;
  draft: Suggestion | null;
}
