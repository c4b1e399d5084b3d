/** The talk beside the film: banner, thread, what to expect, and a way to write that fits the hour. */
import { useEffect } from "preact/hooks";
import { gettext, interpolate } from "../shared/i18n";
import { Composer } from "./composer";
import type { Mode } from "./data";
import { Faces, names } from "./faces";
import { Hours } from "./hours";
import { Icon } from "./icon";
import { MailForm } from "./mail";
import { Below } from "./notices";
import { Other, Transcript } from "./parts";
import { reloadOnce } from "./reload";
import type { Room } from "./room";
import { Thread } from "./thread";
import { clockTime } from "./times";

export function Talk({ room }: { room: Room }) {
  const { session, media } = room.data;
  const read = room.reading.value;
  const spoken = session.kind === "replay" && media !== null && media.captions.length > 0;
  const shown = spoken && room.phase.value === "playing";
  return (
    <div class="talk">
      {shown ? (
        <Tabs
          read={read}
          choose={(chosen) => (room.reading.value = chosen)}
          count={room.chat.log.lines.value.length}
        />
      ) : (
        <Head />
      )}
      {shown && read ? <Transcript room={room} /> : <Words room={room} />}
      {shown && read ? room.card.value : null}
    </div>
  );
}

function Head() {
  return (
    <div class="talk-head">
      <div class="min-w-0">
        <h2 class="text-base">{gettext("Your questions")}</h2>
        <p class="text-xs muted flex items-center gap-1">
          <Icon name="icon-[lucide--lock]" size="size-3.5" />
          {gettext("Only you and the team can read this")}
        </p>
      </div>
    </div>
  );
}

/** In a replay what is said comes first; the questions are one press away. */
function Tabs({ read, choose, count }: { read: boolean; choose: (read: boolean) => void; count: number }) {
  const tab = (chosen: boolean) => `tab ${chosen ? "tab-active font-semibold" : "text-base-content"}`;
  return (
    <div class="px-3 pt-2 border-b border-base-300">
      <h2 class="sr-only">{gettext("Your questions")}</h2>
      <div class="tabs tabs-border">
        <button class={tab(read)} type="button" aria-pressed={read} onClick={() => choose(true)}>
          {gettext("Transcript")}
        </button>
        <button class={tab(!read)} type="button" aria-pressed={!read} onClick={() => choose(false)}>
          {gettext("Your questions")}
          {count > 0 ? <span class="num ms-1.5 muted">{count}</span> : null}
        </button>
      </div>
    </div>
  );
}

function Words({ room }: { room: Room }) {
  const mode = wayOf(room);
  const quiet = mode === "email" && room.chat.log.lines.value.length === 0;
  return (
    <>
      <Banner room={room} />
      {quiet && room.chat.outbox.entries.value.length === 0 ? null : <Thread room={room} />}
      <Below room={room} />
      {room.card.value}
      {mode === "chat" ? <Expect room={room} /> : null}
      {mode === "chat" ? <Hours room={room} /> : null}
      {mode === "chat" ? <Composer room={room} /> : null}
      {mode === "email" ? <MailForm room={room} /> : null}
      {mode === "email" ? <Hours room={room} /> : null}
      {mode === "other" ? <OtherChat room={room} /> : null}
      {mode === "off" || mode === "other" ? <Closed room={room} off={mode === "off"} /> : null}
    </>
  );
}

/** After the end nobody talks here, but for words that were being written: those still go, by e-mail. */
function wayOf(room: Room): Mode {
  const { mode, outbox } = room.chat;
  const words = room.writing.value || outbox.entries.value.length > 0;
  return room.phase.value === "over" && words ? "email" : mode.value;
}

function Banner({ room }: { room: Room }) {
  const { chat } = room;
  if (chat.line.state.value === "waiting" && chat.line.since.value > 0) {
    return (
      <p class="banner" role="status">
        <Icon name="icon-[lucide--wifi-off]" />
        <span>
          <b class="font-semibold">{gettext("No connection.")}</b>{" "}
          {gettext("What you write is kept here and goes out by itself.")}
        </span>
      </p>
    );
  }
  if (chat.line.state.value === "ended") return <Ended room={room} />;
  if (chat.mode.value !== "chat" && chat.changedAt.value > 0) {
    return (
      <p class="banner" role="status">
        <Icon name="icon-[lucide--moon]" />
        <span>
          <b class="font-semibold">{changed(room)}</b>{" "}
          {wayOf(room) === "email" ? byMail(room) : gettext("Your words are kept.")}
        </span>
      </p>
    );
  }
  return null;
}

/** That it is no chat any more, as far as that is so. */
function changed(room: Room): string {
  const { changedAt, expect } = room.chat;
  if (room.phase.value === "over") return gettext("This session is over.");
  const cause = expect.value?.cause;
  if (cause === "away" || cause === "full" || cause === "long") return gettext("By e‑mail for now.");
  const time = clockTime(changedAt.value, room.data.zone.name);
  return interpolate(gettext("The chat closed at %(time)s."), { time });
}

function byMail(room: Room): string {
  if (room.chat.expect.value?.cause === "long" && !room.writing.value)
    return gettext("The answer to your question comes by e‑mail.");
  return gettext("Your words are kept: send them and the answer comes by e‑mail.");
}

/** The server has closed the line for good; only a person can change that. */
function Ended({ room }: { room: Room }) {
  const elsewhere = room.chat.line.closeCode.value === 4409;
  return (
    <p class="banner" role="status">
      <Icon name="icon-[lucide--circle-alert]" />
      <span>
        {elsewhere
          ? gettext("Your place is open in newer windows, so this one no longer takes part in the chat.")
          : gettext("This page no longer holds your place. Open your personal link again.")}{" "}
        <button class="link cursor-pointer py-1" type="button" onClick={() => location.reload()}>
          {gettext("Go on here")}
        </button>
      </span>
    </p>
  );
}

function Expect({ room }: { room: Room }) {
  const expect = room.chat.expect.value;
  if (expect === null) return null;
  return (
    <p class="expect" id="expect">
      {expect.people.length > 0 ? <Faces people={expect.people} size="face-sm" /> : null}
      <span>
        {expect.people.length > 0 ? <b>{names(expect.people)}</b> : null}
        {expect.people.length > 0 ? " · " : null}
        {expect.text} {expect.leaving}
      </span>
    </p>
  );
}

/** A chat of somebody else; it comes when the page knows of none, for the page says which frames may be in it. */
function OtherChat({ room }: { room: Room }) {
  const { other } = room.data;
  useEffect(() => {
    if (other === null) reloadOnce();
  }, [other]);
  return other === null ? null : <Other room={room} other={other} />;
}

function Closed({ room, off }: { room: Room; off: boolean }) {
  const words = room.writing.value;
  if (!off && !words) return null;
  return (
    <div class="p-4 border-t border-base-300">
      {off ? <p class="text-sm muted">{gettext("The chat is closed. What was said stays here.")}</p> : null}
      {words ? <Composer room={room} closed /> : null}
    </div>
  );
}
