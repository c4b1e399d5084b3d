/** The countdown over the picture, and the Enter click that the browser wants before there is sound. */
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { gettext, interpolate } from "../shared/i18n";
import { Icon } from "./icon";
import type { Room } from "./room";
import { clockTime, countdown, dayFrom } from "./times";

/** Seconds before the start at which a screen reader hears how long it still is. */
const SPOKEN = [300, 60, 10];

export function Countdown({ room }: { room: Room }) {
  const startsAt = room.times.value.startsAt;
  return (
    <div class="stage-scrim">
      <div>
        {startsAt === null ? <OwnClock room={room} /> : <Left room={room} startsAt={startsAt} />}
        <Enter room={room} ownClock={startsAt === null} />
      </div>
    </div>
  );
}

function Left({ room, startsAt }: { room: Room; startsAt: number }) {
  const { zone } = room.data;
  const left = Math.max(0, startsAt - room.now.value + 1000);
  const day = dayFrom(startsAt, room.now.value, zone.name);
  return (
    <>
      <p class="text-sm sm:text-lg text-white/85">{gettext("Starts in")}</p>
      <p
        class="num font-semibold tracking-tight leading-none my-1 sm:my-3 text-[3rem] sm:text-[5.5rem]"
        role="timer"
        aria-live="off"
      >
        {countdown(left)}
      </p>
      <p class="text-sm sm:text-base text-white/85">
        {day} <time dateTime={new Date(startsAt).toISOString()}>{clockTime(startsAt, zone.name)}</time>
        {`, ${zone.label}`}
      </p>
      <Spoken seconds={Math.ceil(left / 1000)} />
    </>
  );
}

const spoken = signal("");

function Spoken({ seconds }: { seconds: number }) {
  useEffect(() => {
    if (!SPOKEN.includes(seconds)) return;
    spoken.value = interpolate(gettext("Starts in %(time)s"), { time: countdown(seconds * 1000) });
  }, [seconds]);
  return (
    <p class="sr-only" role="status">
      {spoken.value}
    </p>
  );
}

function OwnClock({ room }: { room: Room }) {
  const minutes = Math.max(1, Math.round(room.data.session.duration / 60));
  return (
    <>
      <p class="stage-title">{gettext("It begins when you press the button")}</p>
      <p class="text-sm sm:text-base text-white/85 mt-1">
        {interpolate(gettext("A film of %(minutes)s min."), { minutes })}
      </p>
    </>
  );
}

function Enter({ room, ownClock }: { room: Room; ownClock: boolean }) {
  const [busy, setBusy] = useState(false);
  if (room.entered.value && !ownClock) {
    return (
      <p
        class="text-sm sm:text-base text-white mt-3 sm:mt-6 flex items-center justify-center gap-2"
        role="status"
      >
        <Icon name="icon-[lucide--check]" />
        {gettext("You are in. The film starts by itself, with sound.")}
      </p>
    );
  }
  const label = ownClock ? gettext("Start the film") : gettext("Enter with sound");
  return (
    <>
      <button
        class="btn btn-primary sm:btn-lg mt-3 sm:mt-6 sm:px-8"
        id="enter"
        type="button"
        aria-busy={busy}
        onClick={() => {
          setBusy(true);
          room.enter();
        }}
      >
        <Icon name="icon-[lucide--volume-2]" />
        {label}
      </button>
      {ownClock ? null : (
        <p class="text-sm text-white/85 mt-3 max-sm:hidden">
          {gettext("Press it now or later; the film starts by itself.")}
        </p>
      )}
    </>
  );
}
