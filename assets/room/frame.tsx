/** The frame that waiting room, film and exit share, so that nothing moves when the film starts. */
import { gettext, interpolate } from "../shared/i18n";
import { initials } from "../shared/people";
import type { Lights } from "./lights";
import { Controls, Shelf } from "./parts";
import type { Room } from "./room";
import { Stage } from "./stage";
import { Talk } from "./talk";
import { clockTime, dayName } from "./times";
import { Tools } from "./tools";

export function Frame({ room, lights }: { room: Room; lights: Lights }) {
  const replay = room.data.session.kind === "replay";
  return (
    <>
      <Bar room={room} />
      <div class="room-stage">
        <Stage room={room}>{replay ? <Controls room={room} /> : null}</Stage>
      </div>
      <Tools room={room} lights={lights} />
      <div class="room-shelf">{room.phase.value === "early" ? <Shelf room={room} /> : null}</div>
      <section class="room-talk" id="talk" aria-label={gettext("Your questions")}>
        <Talk room={room} />
      </section>
    </>
  );
}

function Bar({ room }: { room: Room }) {
  const { data } = room;
  return (
    <header class="room-bar">
      <span class="flex items-center gap-2.5 font-semibold whitespace-nowrap">
        <span
          class="size-7 text-xs grid shrink-0 place-items-center rounded-full border-[1.5px] border-current font-semibold"
          aria-hidden="true"
        >
          {initials(data.team.name)}
        </span>
        <span class="sr-only sm:not-sr-only">{data.team.name}</span>
      </span>
      <span class="h-5 w-px bg-base-300 max-sm:hidden" />
      <h1 class="text-base truncate min-w-0 flex-1 tracking-normal" title={data.webinar.title}>
        {data.webinar.title}
      </h1>
      <Standing room={room} />
    </header>
  );
}

/** What is going on, at the end of the bar. The film is recorded, so it is never called live. */
function Standing({ room }: { room: Room }) {
  const { zone, session, person } = room.data;
  const startsAt = room.times.value.startsAt;
  const phase = room.phase.value;
  if (session.kind === "replay") return <ReplayStanding room={room} />;
  if (phase === "early" || startsAt === null) {
    const text = interpolate(gettext("Here as %(name)s"), { name: person.first_name });
    return <span class="text-sm muted max-sm:hidden truncate max-w-60">{text}</span>;
  }
  if (phase !== "playing") {
    return <span class="text-sm muted">{gettext("The film is over")}</span>;
  }
  const finding = room.film.value?.state.value === "finding";
  return (
    <>
      <span class="text-sm muted max-md:hidden">
        {gettext("Started")}{" "}
        <time dateTime={new Date(startsAt).toISOString()}>{clockTime(startsAt, zone.name)}</time>
        {`, ${zone.label}`}
      </span>
      <span class={`live text-sm font-semibold ${finding ? "live-lost" : ""}`}>
        {finding ? gettext("Finding the film again") : gettext("On now")}
      </span>
    </>
  );
}

function ReplayStanding({ room }: { room: Room }) {
  const until = room.times.value.closesAt;
  const zone = room.data.zone;
  return (
    <>
      {until === null ? null : (
        <span class="text-sm muted max-md:hidden">
          {gettext("Open until")}{" "}
          <time dateTime={new Date(until).toISOString()}>
            {dayName(until, zone.name)} {clockTime(until, zone.name)}
          </time>
          {`, ${zone.label}`}
        </span>
      )}
      <span class="badge badge-ghost">{gettext("Replay")}</span>
    </>
  );
}
