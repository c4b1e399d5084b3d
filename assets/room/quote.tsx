/** Answering one message: a short quote that leads to it, and the bar above the words that will answer it. */
import { gettext, interpolate } from "../shared/i18n";
import type { PublicMessage } from "../shared/protocol";
import { Icon } from "./icon";
import type { Room } from "./room";

function shortOf(message: PublicMessage | undefined): string {
  if (!message) return gettext("an earlier message");
  return message.withdrawn ? gettext("Message withdrawn") : message.text;
}

/** What a message answers; what was withdrawn shows no words. */
export function Quote({ room, seq }: { room: Room; seq: number | null }) {
  if (seq === null) return null;
  const jump = () => {
    const line = document.querySelector<HTMLElement>(`[data-seq="${seq}"]`);
    line?.scrollIntoView({ block: "center" });
    line?.focus();
  };
  return (
    <button type="button" class="quote" onClick={jump}>
      <span class="sr-only">{gettext("In reply to:")} </span>
      {shortOf(room.chat.find(seq))}
    </button>
  );
}

/** There when the pointer or the keyboard is at the message. */
export function ReplyTo({ room, message }: { room: Room; message: PublicMessage }) {
  const mode = room.chat.mode.value;
  if (message.withdrawn || (mode !== "chat" && mode !== "email")) return null;
  return (
    <button
      type="button"
      class="reply-to"
      aria-label={gettext("Reply to this message")}
      onClick={() => {
        room.chat.answering.value = message.seq;
        document.getElementById("message")?.focus();
      }}
    >
      <Icon name="icon-[lucide--reply]" size="size-4" />
    </button>
  );
}

/** Above the composer, while the words in it answer one message. */
export function Answering({ room }: { room: Room }) {
  const message = room.chat.find(room.chat.answering.value);
  if (!message) return null;
  const name =
    message.kind === "attendee" ? gettext("yourself") : (message.author?.name ?? gettext("Automatic"));
  return (
    <p class="flex items-center gap-2 px-4 pt-1 text-sm muted">
      <Icon name="icon-[lucide--reply]" size="size-4" />
      <span class="min-w-0 truncate">
        {interpolate(gettext("Reply to %(name)s:"), { name })} {shortOf(message)}
      </span>
      <button
        type="button"
        class="btn btn-ghost btn-xs btn-square ms-auto"
        aria-label={gettext("Do not reply to this message")}
        onClick={() => {
          room.chat.answering.value = null;
          document.getElementById("message")?.focus();
        }}
      >
        <Icon name="icon-[lucide--x]" size="size-4" />
      </button>
    </p>
  );
}
