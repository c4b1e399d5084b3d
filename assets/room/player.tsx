/** The player of a replay: its own scrubber, speed, captions, picture in picture, and keys for all of it. */
import { useEffect, useState } from "preact/hooks";
import { gettext, interpolate } from "../shared/i18n";
import { captionsName, captionsOn, nextCaptions } from "./captions";
import { toggleFullScreen } from "./fullscreen";
import { Icon } from "./icon";
import { type Replay, SPEEDS } from "./replay";
import type { Room } from "./room";
import { filmTime } from "./times";

const HIDDEN_AFTER = 3_000;
const STEP = 10;

export function Controls({ room }: { room: Room }) {
  const replay = room.replay.value;
  const still = useStillness();
  useEffect(() => {
    if (!replay) return;
    const press = (event: KeyboardEvent) => pressed(event, replay, room);
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [replay, room]);
  if (!replay) return null;
  const hidden = still && !replay.paused.value;
  return (
    <>
      <button
        class="absolute inset-0 cursor-pointer"
        type="button"
        tabIndex={-1}
        aria-hidden="true"
        onClick={() => replay.toggle()}
      />
      <div class={`stage-ctl transition-opacity focus-within:opacity-100 ${hidden ? "opacity-0" : ""}`}>
        <Scrubber replay={replay} duration={room.times.value.duration} />
        <Buttons replay={replay} room={room} />
      </div>
    </>
  );
}

/** Whether no hand has moved for a while. */
function useStillness(): boolean {
  const [still, setStill] = useState(false);
  useEffect(() => {
    let timer = 0;
    const move = () => {
      setStill(false);
      clearTimeout(timer);
      timer = window.setTimeout(() => setStill(true), HIDDEN_AFTER);
    };
    const names = ["pointermove", "pointerdown", "keydown"];
    for (const name of names) addEventListener(name, move, { passive: true });
    move();
    return () => {
      clearTimeout(timer);
      for (const name of names) removeEventListener(name, move);
    };
  }, []);
  return still;
}

function Scrubber({ replay, duration }: { replay: Replay; duration: number }) {
  const position = Math.min(replay.position.value, duration);
  const share = duration > 0 ? (position / duration) * 100 : 0;
  const spoken = interpolate(gettext("%(position)s of %(length)s"), {
    position: filmTime(position),
    length: filmTime(duration),
  });
  return (
    <label class="scrub">
      <svg aria-hidden="true">
        <rect x="0%" y="9" width="100%" height="6" rx="3" fill="#fff" fill-opacity=".36" />
        <rect x="0%" y="9" width={`${share}%`} height="6" rx="3" fill="#fff" />
        <circle cx={`${share}%`} cy="12" r="8" fill="#fff" />
      </svg>
      <input
        type="range"
        min={0}
        max={Math.floor(duration)}
        step={1}
        value={Math.floor(position)}
        aria-label={gettext("Position")}
        aria-valuetext={spoken}
        onInput={(event) => replay.seek(Number(event.currentTarget.value))}
      />
    </label>
  );
}

function Buttons({ replay, room }: { replay: Replay; room: Room }) {
  const tracks = room.data.media?.captions ?? [];
  const captions = captionsName(tracks);
  const { duration } = room.times.value;
  const speed = replay.speed.value;
  return (
    <div class="flex items-center">
      <Control
        label={replay.paused.value ? gettext("Play") : gettext("Pause")}
        icon={replay.paused.value ? "icon-[lucide--play]" : "icon-[lucide--pause]"}
        press={() => replay.toggle()}
      />
      <Control
        label={gettext("Back 10 seconds")}
        icon="icon-[lucide--rotate-ccw]"
        hide="max-sm:hidden"
        press={() => replay.seek(replay.shown - STEP)}
      />
      <Control
        label={gettext("On 10 seconds")}
        icon="icon-[lucide--rotate-cw]"
        hide="max-sm:hidden"
        press={() => replay.seek(replay.shown + STEP)}
      />
      <Control
        label={replay.quiet.value ? gettext("Sound, off") : gettext("Sound, on")}
        icon={replay.quiet.value ? "icon-[lucide--volume-x]" : "icon-[lucide--volume-2]"}
        hide="max-[23rem]:hidden"
        press={() => replay.toggleSound()}
      />
      <span class="num text-sm ms-1" data-position>
        {filmTime(replay.position.value)}
        <span class="text-white/80 max-sm:hidden">
          {interpolate(gettext(" of %(length)s"), { length: filmTime(duration) })}
        </span>
      </span>
      <span class="ms-auto flex">
        <button
          class="ctl num"
          type="button"
          aria-label={interpolate(gettext("Speed, %(speed)s times"), { speed })}
          onClick={() => replay.setSpeed(SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 1)}
        >
          {speed}×
        </button>
        {tracks.length > 0 ? (
          <Control
            label={
              captions
                ? interpolate(gettext("Captions: %(name)s"), { name: captions })
                : gettext("Captions: off")
            }
            icon="icon-[lucide--captions]"
            pressed={captionsOn.value !== ""}
            press={() => nextCaptions(tracks)}
          />
        ) : null}
        {document.pictureInPictureEnabled ? (
          <Control
            label={gettext("Picture in picture")}
            icon="icon-[lucide--picture-in-picture-2]"
            hide="max-sm:hidden"
            press={() => pictureInPicture(replay.video)}
          />
        ) : null}
        <Control
          label={gettext("Full screen")}
          icon="icon-[lucide--maximize]"
          press={() => toggleFullScreen()}
        />
      </span>
    </div>
  );
}

interface ControlProps {
  label: string;
  icon: string;
  press: () => void;
  hide?: string;
  pressed?: boolean;
}

function Control({ label, icon, press, hide = "", pressed }: ControlProps) {
  return (
    <button
      class={`ctl ${hide}`}
      type="button"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      onClick={press}
    >
      <Icon name={icon} />
    </button>
  );
}

function pictureInPicture(video: HTMLVideoElement): void {
  if (document.pictureInPictureElement) void document.exitPictureInPicture();
  else void video.requestPictureInPicture().catch(() => undefined);
}

/** Space and K: play, pause. J, L and the arrows: ten seconds. C: captions. F: full screen. M: sound. */
function pressed(event: KeyboardEvent, replay: Replay, room: Room): void {
  const target = event.target as HTMLElement;
  const busy =
    target.closest("input, textarea, select, a, [role=tab]") ||
    (event.key === " " && target.closest("button"));
  if (busy || event.ctrlKey || event.metaKey || event.altKey) return;
  const actions: Record<string, () => void> = {
    " ": () => replay.toggle(),
    k: () => replay.toggle(),
    j: () => replay.seek(replay.shown - STEP),
    ArrowLeft: () => replay.seek(replay.shown - STEP),
    l: () => replay.seek(replay.shown + STEP),
    ArrowRight: () => replay.seek(replay.shown + STEP),
    m: () => replay.toggleSound(),
    c: () => nextCaptions(room.data.media?.captions ?? []),
    f: () => toggleFullScreen(),
  };
  const act = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
}
