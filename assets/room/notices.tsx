/** The two places where what came meanwhile is said: over the end of the thread, and on the film in full screen. */
import { gettext, interpolate, ngettext } from "../shared/i18n";
import { Face } from "./faces";
import { Icon } from "./icon";
import type { Room } from "./room";

/** Somebody reads further back: how much is new, and the way to it. Not announced: the thread itself has been. */
export function Below({ room }: { room: Room }) {
  const count = room.news.fresh.value.length;
  if (count === 0 || room.news.fullScreen.value) return null;
  const text = ngettext("%(n)s new message", "%(n)s new messages", count);
  return (
    <div class="relative">
      <button
        class="btn btn-sm btn-primary absolute bottom-2 inset-x-0 mx-auto w-fit rounded-full shadow-md"
        type="button"
        onClick={toTheEnd}
      >
        <Icon name="icon-[lucide--arrow-down]" size="size-4" />
        {interpolate(text, { n: count })}
      </button>
    </div>
  );
}

function toTheEnd(): void {
  const thread = document.querySelector<HTMLElement>(".talk .thread");
  thread?.scrollTo({ top: 0 });
  thread?.focus();
}

/** In full screen there is no thread: who answered, how it begins, and the way back to it. */
export function Answered({ room }: { room: Room }) {
  const last = room.news.fresh.value.at(-1);
  if (!last || !room.news.fullScreen.value) return null;
  return (
    <div class="absolute top-4 end-4 z-10 flex max-w-[min(24rem,calc(100%-2rem))] items-center gap-3 rounded-box bg-base-100 p-3 text-base-content">
      {last.author && !last.automatic ? <Face person={last.author} /> : <Icon name="icon-[lucide--clock]" />}
      <p class="min-w-0 text-sm">
        <b class="block font-semibold">{last.automatic ? gettext("Automatic") : last.author?.name}</b>
        <span class="line-clamp-2 wrap-anywhere">{last.text}</span>
      </p>
      <button class="btn btn-sm shrink-0" type="button" onClick={() => void document.exitFullscreen()}>
        {gettext("Read")}
      </button>
    </div>
  );
}
