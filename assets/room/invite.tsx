/** The card above the composer; loaded only where the webinar has prompts. */
import { useEffect, useState } from "preact/hooks";
import { gettext } from "../shared/i18n";
import { Inviter, type Live, type PromptsData } from "../shared/inviter";
import type { PageKind, Prompt } from "../shared/prompts";
import { Icon } from "./icon";
import { Linked } from "./linked";
import type { Room } from "./room";

/** Begins to watch the room for the moment of a prompt. */
export function startInviting(room: Room, data: PromptsData): void {
  const tell = (prompt: string, what: string, page: PageKind) =>
    room.chat.line.ask("prompt", { prompt: Number(prompt), what, page });
  tellRegistered(data, (prompt) => tell(prompt, "registered", pageOf(room)));
  const inviter: Inviter = new Inviter(data, {
    now: () => room.clock.now(),
    live: () => liveOf(room, data),
    may: async (prompt, page) => (await tell(prompt.key, "shown", page)).type === "ack",
    show: (prompt) => {
      room.card.value = <Card room={room} prompt={prompt} inviter={inviter} />;
    },
    note: (prompt, what, page) => {
      tell(prompt.key, what, page).catch(() => undefined);
    },
  });
}

/** A place that came of a prompt seen as a visitor, which only this browser knows of. */
function tellRegistered(data: PromptsData, tell: (prompt: string) => Promise<unknown>): void {
  const key = `matinee:prompts:${data.webinar}`;
  try {
    const memory = JSON.parse(localStorage.getItem(key) ?? "{}");
    if (typeof memory.acted !== "string") return;
    localStorage.setItem(key, JSON.stringify({ ...memory, acted: null }));
    tell(memory.acted).catch(() => undefined);
  } catch {
    // Storage refused, or not ours: then nobody knows.
  }
}

function pageOf(room: Room): PageKind {
  const phase = room.phase.value;
  if (phase === "playing") return room.data.session.kind === "replay" ? "replay" : "room";
  return phase === "early" ? "waiting" : phase;
}

function liveOf(room: Room, data: PromptsData): Live {
  const film = room.film.value;
  const replay = room.replay.value;
  const lines = room.chat.log.lines.value;
  const answer = lines.filter((line) => line.kind === "moderator").at(-1);
  const question = lines.filter((line) => line.kind === "attendee").at(-1);
  // What was settled without an answer, the server knows; what was asked here since, the page does.
  const asked = question !== undefined && question.seq > (answer?.seq ?? 0);
  const fresh = question !== undefined && question.seq > room.data.chat.head;
  return {
    page: pageOf(room),
    mode: room.chat.mode.value,
    position: replay?.shown ?? film?.shown ?? null,
    playing: replay?.running() ?? film?.state.value === "playing",
    questionOpen: room.chat.outbox.entries.value.length > 0 || (asked && (fresh || data.question_open)),
    humanAt: answer ? Date.parse(answer.at) : data.human_at,
    writing: room.writing.value,
    asked: question !== undefined,
  };
}

function Card({ room, prompt, inviter }: { room: Room; prompt: Prompt; inviter: Inviter }) {
  const [said, setSaid] = useState("");
  const [opened, setOpened] = useState(false);
  const leave = () => {
    room.card.value = null;
  };
  const close = () => {
    const inside = document.activeElement?.closest("#invite");
    inviter.close();
    leave();
    if (inside) document.getElementById("message")?.focus();
  };
  useEffect(() => {
    setSaid(`${gettext("Automatic")}: ${prompt.text}`); // into a region that is there already: heard once
    const press = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented) close();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  const act = () => {
    inviter.act();
    if (prompt.action === "text") {
      setOpened(true);
      return;
    }
    leave();
    if (prompt.action === "form") open(inviter.data.urls.form ?? room.data.urls.change, "_blank", "noopener");
    else {
      room.reading.value = false;
      setTimeout(() => document.getElementById("message")?.focus());
    }
  };
  return (
    <aside class="invite-here" id="invite" aria-label={gettext("Invitation")}>
      <p class="invite-by">
        <Icon name="icon-[lucide--clock]" size="size-3.5" />
        <b class="font-semibold">{gettext("Automatic")}</b>
        <button
          class="btn btn-ghost btn-sm btn-square ms-auto"
          type="button"
          aria-label={gettext("Close")}
          onClick={close}
        >
          <Icon name="icon-[lucide--x]" size="size-4" />
        </button>
      </p>
      <p class="invite-text">{prompt.text}</p>
      {opened ? (
        <Linked text={prompt.article} />
      ) : (
        <button class="btn btn-sm btn-primary mt-2" type="button" onClick={act}>
          {label(prompt, room)}
        </button>
      )}
      <span class="sr-only" role="status">
        {said}
      </span>
    </aside>
  );
}

function label(prompt: Prompt, room: Room): string {
  if (prompt.action === "text") return gettext("Read more");
  if (prompt.action === "form") return gettext("Choose another time");
  return room.chat.mode.value === "email" ? gettext("Ask by e‑mail") : gettext("Write to us");
}
