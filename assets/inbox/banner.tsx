/** Says since when the line is down, and what is kept meanwhile. */
import { gettext, interpolate } from "../shared/i18n";
import { Icon } from "./parts";
import type { Inbox } from "./store";
import { clockSeconds } from "./times";

const PATIENCE = 1_500;

function words(inbox: Inbox): string | null {
  const { state, since, closeCode } = inbox.line;
  if (state.value === "ended") {
    if (closeCode.value === 4401) return gettext("You are signed out.");
    if (closeCode.value === 4409) return gettext("The inbox is open in too many places. This one rests.");
    return gettext("You no longer have this inbox.");
  }
  if (state.value !== "waiting") return null;
  if (since.value === 0) return gettext("No connection yet. New messages come a little later.");
  const at = since.value + (inbox.clock.now() - Date.now());
  if (inbox.now.value - at < PATIENCE) return null;
  const time = clockSeconds(at, inbox.data.zone);
  return interpolate(gettext("No connection since %(time)s. Trying again."), { time });
}

export function Banner({ inbox }: { inbox: Inbox }) {
  const text = words(inbox);
  const ended = inbox.line.state.value === "ended";
  return (
    <div role="status">
      {text !== null && (
        <p class="flex items-center gap-2 bg-neutral px-4 py-2 text-sm text-neutral-content">
          <Icon name="icon-[lucide--wifi-off]" />
          <span>{text}</span>
          <button
            type="button"
            class="btn btn-xs ms-auto bg-transparent! text-neutral-content! border-[currentColor]! max-md:min-h-11"
            onClick={() => (ended ? location.reload() : inbox.line.wake())}
          >
            {ended ? gettext("Load again") : gettext("Now")}
          </button>
        </p>
      )}
    </div>
  );
}
