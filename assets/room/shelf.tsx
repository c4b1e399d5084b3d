/** Three short answers while waiting: does my sound work, what will happen, who answers. */
import { useState } from "preact/hooks";
import { gettext, interpolate } from "../shared/i18n";
import type { Author } from "../shared/protocol";
import { ring } from "./bell";
import { Faces, names } from "./faces";
import { Icon } from "./icon";
import type { Room } from "./room";

export function Shelf({ room }: { room: Room }) {
  const people = room.chat.expect.value?.people ?? [];
  return (
    <div class="shelf">
      <SoundCheck />
      <Expectation room={room} />
      {people.length > 0 && room.chat.mode.value === "chat" ? <WhoAnswers people={people} /> : null}
    </div>
  );
}

function SoundCheck() {
  const [state, setState] = useState<"new" | "rung" | "heard" | "silent">("new");
  const play = () => {
    ring();
    setState("rung");
  };
  const texts = {
    new: gettext("Play the bell once, so that you hear the film from its first word."),
    rung: gettext("The bell has rung. Did you hear it?"),
    heard: gettext("Good. Then you will hear the film as well."),
    silent: gettext("Turn the volume of your device up, or plug your headphones in, and try again."),
  };
  return (
    <article class="ix" aria-labelledby="sound-check">
      <div class="ix-line">
        <Icon name="icon-[lucide--bell] text-primary" />
        <span class="flex-1 text-sm font-semibold truncate">{gettext("Sound check")}</span>
        <button class="btn btn-sm" type="button" onClick={play}>
          {gettext("Play the bell")}
        </button>
      </div>
      <div class="ix-full">
        <div class="p-4 flex flex-col h-full">
          <h2 class="text-base flex items-center gap-2" id="sound-check">
            <Icon name="icon-[lucide--bell] text-primary" />
            {gettext("Sound check")}
          </h2>
          <p class="text-sm muted mt-1" role="status">
            {texts[state]}
          </p>
          <div class="mt-auto pt-2 flex flex-wrap gap-2">
            {state === "rung" ? (
              <>
                <button class="btn btn-sm" type="button" onClick={() => setState("heard")}>
                  <Icon name="icon-[lucide--check]" size="size-4" />
                  {gettext("Yes")}
                </button>
                <button class="btn btn-sm" type="button" onClick={() => setState("silent")}>
                  {gettext("No")}
                </button>
              </>
            ) : null}
            <button class={`btn btn-sm ${state === "new" ? "" : "btn-ghost"}`} type="button" onClick={play}>
              {state === "new" ? gettext("Play the bell") : gettext("Again")}
            </button>
          </div>
        </div>
      </div>
    </article>
  );
}

function Expectation({ room }: { room: Room }) {
  const { session } = room.data;
  const minutes = Math.max(1, Math.round(session.duration / 60));
  const after = Math.round(session.exit_seconds / 60);
  const film = gettext("A film of %(minutes)s min, then %(after)s min for questions.");
  const alone = gettext("A film of %(minutes)s min.");
  return (
    <article class="ix max-lg:hidden" aria-labelledby="what-to-expect">
      <div class="ix-full">
        <div class="p-4">
          <h2 class="text-base flex items-center gap-2" id="what-to-expect">
            <Icon name="icon-[lucide--clapperboard] text-primary" />
            {gettext("What to expect")}
          </h2>
          <p class="text-sm muted mt-1">
            {interpolate(after > 0 ? film : alone, { minutes, after })}{" "}
            {gettext("No camera, no microphone: nobody sees or hears you.")}
          </p>
        </div>
      </div>
    </article>
  );
}

function WhoAnswers({ people }: { people: Author[] }) {
  return (
    <article class="ix max-lg:hidden" aria-labelledby="who-answers">
      <div class="ix-full">
        <div class="p-4">
          <h2 class="text-base flex items-center gap-2" id="who-answers">
            <Icon name="icon-[lucide--message-circle] text-primary" />
            {gettext("Who answers")}
          </h2>
          <div class="flex gap-3 mt-2">
            <Faces people={people} />
            <p class="text-sm muted">
              <b class="font-semibold text-base-content">{names(people)}</b>
            </p>
          </div>
        </div>
      </div>
    </article>
  );
}
