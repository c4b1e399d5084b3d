/** A third party's chat in a frame: nothing is asked of it before the attendee agreed, and they can take that back. */
import { useState } from "preact/hooks";
import { csrfToken } from "../shared/csrf";
import { gettext, interpolate } from "../shared/i18n";
import type { OtherData } from "./data";
import type { Room } from "./room";

export function Other({ room, other }: { room: Room; other: OtherData }) {
  const [agreed, setAgreed] = useState(other.agreed);
  const [wrong, setWrong] = useState("");
  const { host } = other;
  const say = async (yes: boolean) => {
    setWrong("");
    try {
      const response = await fetch(room.data.urls.other, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
        body: new URLSearchParams({ agree: yes ? "yes" : "no", origin: other.origin }),
        signal: AbortSignal.timeout(10_000),
      });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      other.agreed = yes; // also for when this comes into the page anew
      setAgreed(yes);
    } catch {
      setWrong(gettext("That did not work. Try again, or load the page anew."));
    }
  };
  return (
    <div class={`border-t border-base-300 ${agreed ? "flex min-h-0 flex-1 flex-col" : "p-4"}`}>
      {agreed ? (
        <>
          <iframe
            class="min-h-80 w-full flex-1 border-0"
            src={other.url}
            title={interpolate(gettext("Chat by %(host)s"), { host })}
            sandbox={other.sandbox}
            referrerpolicy="no-referrer"
          />
          <p class="px-4 py-2 text-sm muted border-t border-base-300 wrap-anywhere">
            {interpolate(gettext("This chat is by %(host)s."), { host })}{" "}
            <button class="link cursor-pointer py-1" type="button" onClick={() => void say(false)}>
              {gettext("I do not agree any more")}
            </button>
          </p>
        </>
      ) : (
        <>
          <h3 class="text-base wrap-anywhere">{interpolate(gettext("A chat by %(host)s"), { host })}</h3>
          <p class="text-sm muted mt-1 wrap-anywhere">
            {interpolate(
              gettext(
                "%(team)s uses the chat of %(host)s here. If you open it, %(host)s learns your internet address and what you write there, and may keep data in your browser. Nothing is sent to it before.",
              ),
              { host, team: room.data.team.name },
            )}
          </p>
          <button class="btn btn-primary mt-3" type="button" onClick={() => void say(true)}>
            {gettext("I agree, open it")}
          </button>
        </>
      )}
      {wrong ? (
        <p class="text-sm text-error px-4 py-2" role="alert">
          {wrong}
        </p>
      ) : null}
    </div>
  );
}
