/** What the server leaves for the room in #room-data. */
import type { PromptsData } from "../shared/inviter";
import type { Expect, PublicMessage } from "../shared/protocol";

export type Mode = "chat" | "email" | "off" | "other";
export type Kind = "scheduled" | "just_in_time" | "on_demand" | "replay";

export interface Captions {
  language: string;
  label: string;
  src: string;
}
export interface Media {
  master: string;
  poster: string;
  captions: Captions[];
}
export interface SessionData {
  kind: Kind;
  starts_at: string | null;
  ends_at: string | null;
  closes_at: string | null;
  duration: number;
  /** How long the chat stays open after the film; 0 in a replay. */
  exit_seconds: number;
  doors_at: string | null;
}
export interface ChatData {
  conversation: string;
  epoch: string;
  head: number;
  read: number;
  /** How far the team has read; null where the host does not show it. */
  seen: number | null;
  mode: Mode;
  expect: Expect | null;
  messages: PublicMessage[];
  /** Whether files can be sent; which, and how large. */
  files: boolean;
  accept: string;
  most_bytes: number;
}
/** A third party's chat that the host set for this kind of session. */
export interface OtherData {
  url: string;
  host: string;
  origin: string;
  agreed: boolean;
  sandbox: string;
}
export interface RoomData {
  registration: string;
  webinar: { title: string };
  team: { name: string };
  person: { first_name: string };
  /** Tells whose words this browser keeps; the same for all of a person's places. */
  holder: string;
  session: SessionData;
  zone: { name: string; label: string };
  language: string;
  now: string;
  phase: string;
  entered: boolean;
  media: Media | null;
  chat: ChatData;
  prompts: PromptsData | null;
  hours: { lines: { words: string; times: string[] }[]; zone: string };
  other: OtherData | null;
  urls: {
    socket: string;
    commands: string;
    events: string;
    files: string;
    enter: string;
    room: string;
    over: string;
    change: string;
    other: string;
    calendar?: string;
  };
}
