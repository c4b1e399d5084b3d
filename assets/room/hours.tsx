/** When somebody is at the chat, on the attendee's clock; shown to who asks for it. */
import { gettext } from "../shared/i18n";
import type { Room } from "./room";

export function Hours({ room }: { room: Room }) {
  const { lines, zone } = room.data.hours;
  if (lines.length === 0) return null;
  return (
    <details class="px-4 pb-2 text-sm">
      <summary class="cursor-pointer py-1 muted">{gettext("Our chat hours")}</summary>
      <dl class="mt-1 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-0.5">
        {lines.map(({ words, times }) => [
          <dt key={words}>{words}</dt>,
          <dd key={`${words} said`} class={times.length === 0 ? "muted" : ""}>
            {times.length === 0 ? gettext("by e‑mail") : times.join(", ")}
          </dd>,
        ])}
      </dl>
      <p class="muted mt-1">{zone}</p>
    </details>
  );
}
