/** The line of tools under the stage: before the film what to do about the date, then sound, captions, lights, size. */
import { gettext, interpolate } from "../shared/i18n";
import { captionsName, captionsOn, nextCaptions } from "./captions";
import { toggleFullScreen } from "./fullscreen";
import { Icon } from "./icon";
import type { Lights } from "./lights";
import type { Room } from "./room";
import { filmTime } from "./times";

export function Tools({ room, lights }: { room: Room; lights: Lights }) {
  const phase = room.phase.value;
  if (room.data.session.kind === "replay") return <div class="room-tools" />;
  return (
    <div class="room-tools">
      {phase === "early" ? <DateTools room={room} /> : null}
      {phase === "playing" ? <FilmTools room={room} lights={lights} /> : null}
    </div>
  );
}

function DateTools({ room }: { room: Room }) {
  const { urls, session } = room.data;
  if (session.starts_at === null) return null;
  return (
    <>
      {urls.calendar ? (
        <a class="btn btn-ghost btn-sm" href={urls.calendar}>
          <Icon name="icon-[lucide--calendar-plus]" size="size-4" />
          {gettext("Add to calendar")}
        </a>
      ) : null}
      <a class="btn btn-ghost btn-sm" href={urls.change}>
        <Icon name="icon-[lucide--clock]" size="size-4" />
        {gettext("Other time")}
      </a>
    </>
  );
}

function FilmTools({ room, lights }: { room: Room; lights: Lights }) {
  const { media } = room.data;
  return (
    <>
      <Position room={room} />
      <div class="flex items-center max-sm:ms-auto">
        <Sound room={room} />
        {media && media.captions.length > 0 ? <CaptionsButton room={room} /> : null}
        <button
          class="btn btn-ghost btn-square max-[23rem]:hidden"
          type="button"
          aria-pressed={lights.auto.value}
          aria-label={gettext("Dim everything but the film")}
          title={gettext("Dim everything but the film")}
          onClick={() => lights.toggle()}
        >
          <Icon name="icon-[lucide--lamp]" />
        </button>
        <button
          class="btn btn-ghost btn-square"
          type="button"
          aria-label={gettext("Full screen")}
          title={gettext("Full screen")}
          onClick={() => toggleFullScreen()}
        >
          <Icon name="icon-[lucide--maximize]" />
        </button>
      </div>
    </>
  );
}

function Position({ room }: { room: Room }) {
  room.now.value;
  const values = { position: filmTime(room.position()), length: filmTime(room.times.value.duration) };
  return (
    <span class="num text-sm muted ms-auto me-1 max-sm:hidden" data-position>
      {interpolate(gettext("%(position)s of %(length)s"), values)}
    </span>
  );
}

function Sound({ room }: { room: Room }) {
  const film = room.film.value;
  if (film === null) return null;
  const percent = Math.round(film.volume.value * 100);
  const label = film.quiet.value
    ? gettext("Sound, off")
    : interpolate(gettext("Sound, %(percent)s %"), { percent });
  return (
    <>
      <button
        class="btn btn-ghost btn-square"
        type="button"
        aria-label={label}
        title={label}
        onClick={() => (film.quiet.value && !room.entered.value ? room.enter() : film.toggleSound())}
      >
        <Icon name={film.quiet.value ? "icon-[lucide--volume-x]" : "icon-[lucide--volume-2]"} />
      </button>
      <input
        class="range range-xs w-20 me-2 max-sm:hidden [--range-fill:0]"
        type="range"
        min={0}
        max={100}
        step={5}
        value={film.quiet.value ? 0 : percent}
        aria-label={gettext("Volume")}
        onInput={(event) => film.setVolume(Number(event.currentTarget.value) / 100)}
      />
    </>
  );
}

function CaptionsButton({ room }: { room: Room }) {
  const tracks = room.data.media?.captions ?? [];
  const name = captionsName(tracks);
  const label = name ? interpolate(gettext("Captions: %(name)s"), { name }) : gettext("Captions: off");
  return (
    <button
      class="btn btn-ghost btn-square"
      type="button"
      aria-pressed={captionsOn.value !== ""}
      aria-label={label}
      title={label}
      onClick={() => nextCaptions(tracks)}
    >
      <Icon name="icon-[lucide--captions]" />
    </button>
  );
}
