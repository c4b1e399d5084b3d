/** The stage: the film, and what lies over it before, after and when the line is lost. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { gettext, interpolate } from "../shared/i18n";
import { captionsOn } from "./captions";
import { Countdown } from "./countdown";
import { Icon } from "./icon";
import { Answered } from "./notices";
import type { Replay } from "./replay";
import type { Room } from "./room";
import { clockTime, filmTime } from "./times";

export function Stage({ room, children }: { room: Room; children: ComponentChildren }) {
  const video = useRef<HTMLVideoElement>(null);
  const { media } = room.data;
  const phase = room.phase.value;
  const shown = phase === "playing" && media !== null;
  const captions = captionsOn.value;
  useEffect(() => {
    if (video.current) void room.show(video.current);
  }, [room]);
  useEffect(() => {
    const tracks = [...(video.current?.textTracks ?? [])];
    for (const track of tracks) track.mode = track.language === captions ? "showing" : "disabled";
  }, [captions, shown]);
  return (
    <div class="stage" id="stage">
      {media === null ? null : (
        <>
          <img
            class={`stage-film ${shown ? "hidden" : ""}`}
            src={media.poster}
            width={1280}
            height={720}
            alt=""
          />
          {/* biome-ignore lint/a11y/useMediaCaption: there are captions for the languages that the host has */}
          <video
            ref={video}
            class={`stage-film object-contain! ${shown ? "" : "hidden"}`}
            poster={media.poster}
            playsInline
            preload="none"
            disableRemotePlayback
            aria-label={room.data.webinar.title}
          >
            {shown
              ? media.captions.map(({ language, label, src }) => (
                  <track key={language} kind="captions" src={src} srcLang={language} label={label} />
                ))
              : null}
          </video>
        </>
      )}
      <Over room={room} />
      {shown ? children : null}
      <Answered room={room} />
      {phase === "playing" && room.data.session.kind !== "replay" ? <Progress room={room} /> : null}
    </div>
  );
}

function Over({ room }: { room: Room }) {
  const phase = room.phase.value;
  if (room.data.media === null)
    return (
      <Scrim
        title={gettext("The film is still being prepared")}
        text={gettext("This page looks again by itself.")}
      />
    );
  if (phase === "early") return <Countdown room={room} />;
  if (phase === "exit") return <Exit room={room} />;
  if (phase === "over") return <Ended room={room} />;
  const replay = room.replay.value;
  if (replay !== null) return replay.begun.value ? null : <Begin replay={replay} />;
  if (room.film.value === null) return null;
  const state = room.film.value.state.value;
  if (state === "finding") return <Finding room={room} />;
  return room.film.value.asking.value || !room.entered.value ? <SoundOff room={room} /> : null;
}

function Scrim({ title, text, children }: { title: string; text: string; children?: ComponentChildren }) {
  return (
    <div class="stage-scrim">
      <div class="max-w-md">
        <p class="stage-title">{title}</p>
        <p class="text-white/90 mt-1">{text}</p>
        {children}
      </div>
    </div>
  );
}

/** Captions have the foot of the film to themselves. */
const AT_THE_TOP = "top-0 pb-14 bg-[linear-gradient(rgb(8_6_8/.85),transparent)]";
const AT_THE_FOOT = "bottom-0 pt-14 bg-[linear-gradient(transparent,rgb(8_6_8/.85))]";

/** The browser refused sound, or nobody has pressed Enter: the film plays muted under one large button. */
function SoundOff({ room }: { room: Room }) {
  const entered = room.entered.value;
  return (
    <div
      class={`absolute inset-x-0 p-4 flex flex-wrap items-center gap-3 ${captionsOn.value ? AT_THE_TOP : AT_THE_FOOT}`}
    >
      <button
        class="btn btn-primary btn-lg"
        type="button"
        id="enter"
        onClick={() => (entered ? room.film.value?.sound() : room.enter())}
      >
        <Icon name="icon-[lucide--volume-2]" />
        {entered ? gettext("Turn the sound on") : gettext("Enter with sound")}
      </button>
      <p class="text-sm text-white max-sm:hidden">{gettext("Your browser keeps it off until you say so.")}</p>
    </div>
  );
}

/** A replay waits for the click that the browser wants. */
function Begin({ replay }: { replay: Replay }) {
  return (
    <div class="stage-scrim">
      <button
        class="btn btn-primary btn-lg relative z-10"
        type="button"
        id="enter"
        onClick={() => replay.toggle()}
      >
        <Icon name="icon-[lucide--play]" />
        {gettext("Start the film")}
      </button>
    </div>
  );
}

function Finding({ room }: { room: Room }) {
  room.now.value;
  const text = gettext("It went on to %(time)s. You come back exactly there.");
  return (
    <div class="stage-scrim" role="status">
      <div>
        <span class="loading loading-spinner loading-lg" aria-hidden="true" />
        <p class="mt-2 font-semibold">{gettext("Finding the film again")}</p>
        <p class="text-white/90 text-sm" aria-live="off">
          {interpolate(text, { time: filmTime(room.position()) })}
        </p>
      </div>
    </div>
  );
}

function Exit({ room }: { room: Room }) {
  const { person, zone } = room.data;
  const closesAt = room.times.value.closesAt ?? room.now.value;
  const minutes = Math.max(1, Math.round((closesAt - room.now.value) / 60_000));
  const talking = room.chat.mode.value === "chat";
  const chat = gettext("The chat stays open until %(time)s (%(zone)s), another %(minutes)s min.");
  const room_ = gettext("This room stays open until %(time)s (%(zone)s), another %(minutes)s min.");
  return (
    <Scrim
      title={interpolate(gettext("That was the film. Thank you, %(name)s."), { name: person.first_name })}
      text={interpolate(talking ? chat : room_, {
        time: clockTime(closesAt, zone.name),
        zone: zone.label,
        minutes,
      })}
    />
  );
}

/** Only seen by somebody who was writing when it ended. */
function Ended({ room }: { room: Room }) {
  return (
    <Scrim
      title={gettext("This session is over")}
      text={gettext("What you have written here is still yours.")}
    >
      <div class="stage-acts">
        <a class="btn btn-primary" href={room.data.urls.over}>
          {gettext("My summary")}
        </a>
      </div>
    </Scrim>
  );
}

function Progress({ room }: { room: Room }) {
  room.now.value;
  const share = Math.round((room.position() / room.times.value.duration) * 1000) / 10;
  return (
    <div
      class="stage-line"
      role="progressbar"
      aria-label={gettext("How far the film is")}
      aria-valuenow={Math.round(share)}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <svg aria-hidden="true">
        <rect width={`${share}%`} height="100%" fill="currentColor" />
      </svg>
    </div>
  );
}
