/** What is said in a replay, to read, to search, and to go to. */
import { useEffect, useState } from "preact/hooks";
import { gettext } from "../shared/i18n";
import { captionsOn } from "./captions";
import { type Cue, cueAt, cuesOf } from "./cues";
import type { Captions } from "./data";
import { Icon } from "./icon";
import type { Room } from "./room";
import { filmTime } from "./times";

/** The track whose words are shown: the captions' language, else the first. */
function trackOf(tracks: Captions[]): Captions | undefined {
  return tracks.find((track) => track.language === captionsOn.value) ?? tracks[0];
}

export function Transcript({ room }: { room: Room }) {
  const source = trackOf(room.data.media?.captions ?? [])?.src;
  const [cues, setCues] = useState<Cue[] | null>(null);
  const [wanted, setWanted] = useState("");
  useEffect(() => {
    if (!source) return;
    fetch(source)
      .then((response) => (response.ok ? response.text() : ""))
      .then((text) => setCues(cuesOf(text)))
      .catch(() => setCues([]));
  }, [source]);
  const replay = room.replay.value;
  if (cues === null || replay === null) return <div class="flex-1" />;
  const spoken = cues[cueAt(cues, replay.position.value)];
  const needle = wanted.trim().toLocaleLowerCase();
  const found = cues.filter((cue) => cue.text.toLocaleLowerCase().includes(needle));
  return (
    <>
      <div class="px-3 pt-3 pb-1">
        <label class="input">
          <Icon name="icon-[lucide--search] muted" size="size-4" />
          <input
            type="search"
            value={wanted}
            placeholder={gettext("Find in the transcript")}
            aria-label={gettext("Find in the transcript")}
            onInput={(event) => setWanted(event.currentTarget.value)}
          />
        </label>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div class="overflow-y-auto flex-1 min-h-0 px-1 pb-4 text-[0.9375rem]" tabIndex={0} id="transcript">
        {found.length === 0 ? <p class="muted text-sm px-3 py-2">{gettext("Nothing found.")}</p> : null}
        <ol>
          {found.map((cue) => (
            <li key={cue.start}>
              <button
                class="cue"
                type="button"
                aria-current={cue === spoken ? "true" : undefined}
                onClick={() => replay.seek(cue.start)}
              >
                <time>{filmTime(cue.start)}</time>
                <span>{cue.text}</span>
              </button>
            </li>
          ))}
        </ol>
      </div>
    </>
  );
}
