/** The protocol between browser and server. Written by `manage.py protocol`; do not edit. */

export const LONGEST_TEXT = 4000;
export const LARGEST_FRAME = 32768;

/** The command took effect and is committed; for a message, `seq` is its number for the sender. */
export interface Ack {
  type: "ack";
  ref: string | null;
  seq: number | null;
  at: string;
}

/** How far it has reached one of the attendee's browsers, in public numbers. */
export interface AttendeeHas {
  type: "delivered";
  conversation: string;
  seq: number;
}

/** How far the attendee has read, in public numbers. */
export interface AttendeeRead {
  type: "read";
  conversation: string;
  seq: number;
}

/** Who wrote, as the attendee may see it. */
export interface Author {
  name: string;
  initials: string;
  tint: number;
  photo: string | null;
}

/** Every 20 s: the server's clock, and the number (the revision, in an inbox) the browser should have. */
export interface Beat {
  type: "beat";
  now: string;
  head: number;
}

/** Make it mine if it is nobody's. */
export interface Claim {
  ref?: string | null;
  type: "conversation.claim";
  data: Which;
}

/** The answer was not sent: these entries came after what the writer saw. The text is the writer's to keep. */
export interface Conflict {
  type: "conflict";
  ref: string | null;
  conversation: string;
  events: TeamMessage[];
}

/** Somebody of the team has it in front of them, page visible and focused. */
export interface ConversationSeen {
  ref?: string | null;
  type: "conversation.seen";
  data: ConversationSeenData;
}

/** How far the team has read. */
export interface ConversationSeenData {
  conversation: string;
  seq: number;
}

/** The counters of the inbox's views. */
export interface Counts {
  mine: number;
  unassigned: number;
  waiting: number;
  owed: number;
  all: number;
  resolved: number;
}

/** Everything up to here has reached this browser; at most every second. */
export interface Delivered {
  ref?: string | null;
  type: "delivered";
  data: ReadData;
}

/** Change what one's own message says; needs a ref. */
export interface Edit {
  ref?: string | null;
  type: "message.edit";
  data: EditData;
}

/** What it is to say; `base_seq` is the last number the writer saw. */
export interface EditData {
  conversation: string;
  seq: number;
  text: string;
  base_seq?: number | null;
}

/** One entry of a conversation, by its number. */
export interface EntryData {
  conversation: string;
  seq: number;
}

/** What happened, for the team only. */
export interface Event {
  what:
    | "claimed"
    | "released"
    | "resolved"
    | "reopened"
    | "owed"
    | "overdue"
    | "settled"
    | "faq_helped"
    | "faq_human"
    | "promised"
    | "nudge"
    | "overflowed";
  by: string | null;
}

/** What stands above the composer: who answers, in about how long, and when the chat opens again. `cause` is why one talks as one does: by kind of session, hours, who is away, who waits, or for how long. */
export interface Expect {
  text: string;
  leaving: string;
  people: Author[];
  opens_at: string | null;
  cause: "kind" | "hours" | "away" | "full" | "long";
}

/** *Did this help?* under an answer of the host's list. */
export interface FaqHelped {
  ref?: string | null;
  type: "faq.helped";
  data: FaqHelpedData;
}

/** An automatic answer by its public number, and whether it helped; if not, they ask for a human. */
export interface FaqHelpedData {
  message: number;
  helped: boolean;
}

/** What an answer of the host's list answers, and whether the attendee said that it helped. */
export interface FromList {
  question: string;
  helped: boolean | null;
}

/** First frame of a socket, within 5 s. */
export interface Hello {
  ref?: string | null;
  type: "hello";
  data: HelloData;
}

/** The last number this browser has, of the life of the database it had it from. */
export interface HelloData {
  last?: number;
  epoch?: string;
}

/** Rows that changed since the last revision, the counters and the member's own status as they are now. */
export interface InboxChanged {
  type: "inbox.changed";
  revision: number;
  rows: Row[];
  counts: Counts;
  status: Status;
}

/** The member whose inbox it is. */
export interface Me {
  id: string;
  name: string;
  initials: string;
  photo?: string | null;
}

/** How one can talk changed; what is being typed stays. */
export interface ModeChanged {
  type: "mode";
  mode: "chat" | "email" | "off" | "other";
  expect: Expect | null;
}

/** No data. */
export type Nothing = Record<string, never>;

/** The moderator whose conversation it is; `id` is the user's. */
export interface Owner {
  id: string;
  name: string;
  initials: string;
  photo?: string | null;
}

/** Is anybody there; answered by `pong`. */
export interface Ping {
  ref?: string | null;
  type: "ping";
  data?: Nothing;
}

/** Answer to `ping`. */
export interface Pong {
  type: "pong";
  now: string;
  head: number;
}

/** A message of the attendee; needs a ref. */
export interface Post {
  ref?: string | null;
  type: "message.post";
  data: PostData;
}

/** Words for the team, files that were uploaded, or both; `reply_to` is the number of the entry they answer. */
export interface PostData {
  text: string;
  files?: string[];
  reply_to?: number | null;
}

/** An entry; apply it only when `seq` is the last one plus 1. */
export interface Posted {
  type: "message.posted";
  conversation: string;
  seq: number;
  message: PublicMessage;
}

/** Which prompt, what became of it, and on which page. */
export interface PromptData {
  prompt: number;
  what: "shown" | "closed" | "acted" | "registered";
  page: "registration" | "form" | "thanks" | "waiting" | "room" | "exit" | "replay" | "over";
}

/** A prompt is about to be shown (refused with `not_now` when it must not be), was closed, or was acted on. */
export interface PromptNote {
  ref?: string | null;
  type: "prompt";
  data: PromptData;
}

/** An entry as its attendee sees it; `seq` is the public number, `reply_to` that of the entry it answers. One of kind `change` shows nothing itself: `change` is an earlier entry as it is now, to be put in its place. A withdrawn entry has no text. */
export interface PublicMessage {
  seq: number;
  kind: "attendee" | "moderator" | "welcome" | "autoresponder" | "prompt" | "faq" | "event" | "change";
  author: Author | null;
  automatic: boolean;
  reason: string | null;
  text: string;
  at: string;
  position: number | null;
  ref: string | null;
  reply_to: number | null;
  edited_at: string | null;
  withdrawn: boolean;
  change: PublicMessage | null;
  files?: SentFile[];
  faq?: FromList | null;
}

/** The attendee has seen everything up to here, with the page visible and focused. */
export interface Read {
  ref?: string | null;
  type: "read";
  data: ReadData;
}

/** A read mark, in the reader's own numbers. */
export interface ReadData {
  seq: number;
}

/** The attendee's own read mark moved, perhaps in another tab. */
export interface ReadMark {
  type: "read";
  seq: number;
}

/** Answer to `hello`; what is newer than `last` follows as `message.posted`. */
export interface Ready {
  type: "ready";
  epoch: string;
  head: number;
  now: string;
  mode: "chat" | "email" | "off" | "other";
  expect: Expect | null;
  conversation: string;
  read: number;
  files?: boolean;
  seen: number | null;
}

/** The command changed nothing; `text` is a sentence for the person, `code` for the page. */
export interface Refused {
  type: "refused";
  ref: string | null;
  code: string;
  text: string;
  retry_after_ms?: number | null;
}

/** Make it nobody's. */
export interface Release {
  ref?: string | null;
  type: "conversation.release";
  data: Which;
}

/** The page is out of date altogether: load it again. */
export interface Reload {
  type: "reload";
}

/** It is not settled after all. */
export interface Reopen {
  ref?: string | null;
  type: "conversation.reopen";
  data: Which;
}

/** The matter is settled; with an open wait this needs `no_reply_needed`. */
export interface Resolve {
  ref?: string | null;
  type: "conversation.resolve";
  data: ResolveData;
}

/** Whether an open wait ends without an answer. */
export interface ResolveData {
  conversation: string;
  no_reply_needed?: boolean;
  base_seq?: number | null;
}

/** One line of the inbox. */
export interface Row {
  id: string;
  revision: number;
  person: Who;
  webinar: WebinarName;
  kind: "scheduled" | "just_in_time" | "on_demand" | "replay";
  position: number | "left" | null;
  last_line: string;
  last_by: "attendee" | "moderator" | "automatic" | "";
  last_at: string;
  waiting_since: string | null;
  target_seconds: number;
  by_email: boolean;
  owner: Owner | null;
  state: "open" | "pending" | "snoozed" | "resolved";
  owed_due_at: string | null;
  seq: number;
  nudged: boolean;
}

/** Every 10 s while the room is open. */
export interface Seen {
  ref?: string | null;
  type: "seen";
  data: SeenData;
}

/** Where the film is in this browser. */
export interface SeenData {
  position: number;
  playing: boolean;
}

/** A file of a message, fetched below the reader's own address; a picture has a size in pixels. */
export interface SentFile {
  id: string;
  name: string;
  type: string;
  size: number;
  width: number | null;
  height: number | null;
}

/** From now on the member intends this; their other pages hear of it with `inbox.changed`. */
export interface SetStatus {
  ref?: string | null;
  type: "status.set";
  data: StatusData;
}

/** What a member intends, set by them alone; `until` is when they mean to be back from a break. */
export interface Status {
  intent: "available" | "busy" | "away" | "break";
  reason: string;
  until: string | null;
  since: string | null;
}

/** What is intended; reason and the planned end, as an instant, belong to a break. */
export interface StatusData {
  intent: "available" | "busy" | "away" | "break";
  reason?: string;
  until?: string | null;
}

/** An entry of a watched conversation; apply it only when `seq` is the last one plus 1. */
export interface TeamEvent {
  type: "event";
  conversation: string;
  seq: number;
  message: TeamMessage;
}

/** How far the team has read, in public numbers; only where the host shows it. */
export interface TeamHasSeen {
  type: "seen";
  seq: number;
}

/** First frame of an inbox's socket, within 5 s. */
export interface TeamHello {
  ref?: string | null;
  type: "hello";
  data: TeamHelloData;
}

/** The last revision this browser has. */
export interface TeamHelloData {
  revision?: number;
  epoch?: string;
}

/** Somebody of the team is writing; forget it after 6 s. */
export interface TeamIsTyping {
  type: "typing";
  name: string;
}

/** An entry as the team sees it; `seq` counts everything. While `held_until` is set it can be taken back. */
export interface TeamMessage {
  seq: number;
  kind: "attendee" | "moderator" | "welcome" | "autoresponder" | "prompt" | "faq" | "event" | "change";
  author: Author | null;
  automatic: boolean;
  reason: string | null;
  text: string;
  at: string;
  position: number | null;
  ref: string | null;
  reply_to: number | null;
  edited_at: string | null;
  withdrawn: boolean;
  change: TeamMessage | null;
  files?: SentFile[];
  faq?: FromList | null;
  public_seq: number | null;
  user: string | null;
  via: string;
  event: Event | null;
  is_holding: boolean;
  held_until: string | null;
}

/** An answer; needs a ref. Held back with `conflict` when somebody else answered after `base_seq`. */
export interface TeamPost {
  ref?: string | null;
  type: "message.post";
  data: TeamPostData;
}

/** Words for the attendee; `base_seq` is the last number the writer saw, `faq` the entry they were taken from. `is_holding`: they ask for a moment and answer nothing yet. `reply_to` is the number of the entry they answer. */
export interface TeamPostData {
  conversation: string;
  text: string;
  base_seq?: number | null;
  files?: string[];
  faq?: number | null;
  reply_to?: number | null;
  is_holding?: boolean;
}

/** Answer to `hello`; what is newer than `revision` follows as `inbox.changed`. */
export interface TeamReady {
  type: "ready";
  epoch: string;
  revision: number;
  now: string;
  me: Me;
  status: Status;
}

/** The moderator is writing; at most every 3 s. */
export interface TeamTyping {
  ref?: string | null;
  type: "typing";
  data: TeamTypingData;
}

/** Whether it is a note, of which the attendee learns nothing. */
export interface TeamTypingData {
  conversation: string;
  note?: boolean;
}

/** Somebody is writing in a watched conversation, a member if `user` says which; forget it after 6 s. */
export interface ThreadTyping {
  type: "typing";
  conversation: string;
  name: string;
  user: string | null;
}

/** The attendee is writing; at most every 3 s, forgotten after 6. */
export interface Typing {
  ref?: string | null;
  type: "typing";
  data?: Nothing;
}

/** Take one's own reply back before it goes out. */
export interface Undo {
  ref?: string | null;
  type: "message.undo";
  data: EntryData;
}

/** Stop sending a conversation's entries. */
export interface Unwatch {
  ref?: string | null;
  type: "conversation.unwatch";
  data: Which;
}

/** Who else has a watched conversation open. */
export interface Viewing {
  type: "viewing";
  conversation: string;
  users: Me[];
}

/** Send what is newer, and everything that comes. */
export interface Watch {
  ref?: string | null;
  type: "conversation.watch";
  data: WatchData;
}

/** A conversation, and the last of its numbers this browser has. */
export interface WatchData {
  conversation: string;
  after?: number;
}

/** A webinar in the inbox. */
export interface WebinarName {
  id: string;
  title: string;
}

/** One conversation. */
export interface Which {
  conversation: string;
}

/** An attendee in the inbox. */
export interface Who {
  name: string;
  initials: string;
  tint: number;
}

/** Take one's own message away, also from the attendee; needs a ref. */
export interface Withdraw {
  ref?: string | null;
  type: "message.withdraw";
  data: EntryData;
}

export type AttendeeCommand = Hello | Post | Read | Delivered | Typing | Seen | PromptNote | FaqHelped | Ping;

export type TeamCommand =
  | TeamHello
  | Watch
  | Unwatch
  | TeamPost
  | Edit
  | Withdraw
  | Undo
  | Claim
  | Release
  | Resolve
  | Reopen
  | ConversationSeen
  | SetStatus
  | TeamTyping
  | Ping;

export type AttendeeFrame =
  | Ready
  | Posted
  | TeamIsTyping
  | ReadMark
  | TeamHasSeen
  | ModeChanged
  | Ack
  | Refused
  | Pong
  | Beat
  | Reload;

export type TeamFrame =
  | TeamReady
  | InboxChanged
  | TeamEvent
  | ThreadTyping
  | AttendeeRead
  | AttendeeHas
  | Viewing
  | Conflict
  | Ack
  | Refused
  | Pong
  | Beat
  | Reload;
