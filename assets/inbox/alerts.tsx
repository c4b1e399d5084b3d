/** Tells moderators who look elsewhere that somebody waits: a tone, a notification, a number in the title. */
import { effect, signal } from "@preact/signals";
import { stopwatch } from "../page/time";
import { gettext, interpolate } from "../shared/i18n";
import type { Row } from "../shared/protocol";
import { Icon } from "./parts";
import type { Inbox } from "./store";
import { looking } from "./tab";

const KEY = "inbox-sound";
const sound = signal(localStorage.getItem(KEY) === "on");
const fresh = signal(0);
let audio: AudioContext | null = null;

/** Browsers let a page sound only after somebody has touched it. */
function warmUp(): void {
  if (!sound.value) return;
  audio ??= new AudioContext();
  if (audio.state === "suspended") void audio.resume();
}

/** Two soft notes, made on the spot. */
function tone(): void {
  warmUp();
  if (!sound.value || !audio) return;
  for (const [place, pitch] of [660, 880].entries()) {
    const from = audio.currentTime + place * 0.14;
    const voice = new OscillatorNode(audio, { frequency: pitch });
    const loudness = new GainNode(audio, { gain: 0 });
    loudness.gain.setValueAtTime(0, from);
    loudness.gain.linearRampToValueAtTime(0.12, from + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.001, from + 0.35);
    voice.connect(loudness).connect(audio.destination);
    voice.start(from);
    voice.stop(from + 0.4);
  }
}

function notify(row: Row): void {
  if (!sound.value || !("Notification" in window) || Notification.permission !== "granted") return;
  const title = interpolate(gettext("%(name)s waits for an answer"), { name: row.person.name });
  // One a conversation, however many tabs are open.
  const shown = new Notification(title, { body: row.last_line, tag: row.id });
  shown.addEventListener("click", () => {
    window.focus();
    location.hash = row.id;
    shown.close();
  });
}

/** Rings for waits that begin while nobody looks, and keeps the title of the tab true. */
export function startAlerts(inbox: Inbox): void {
  const plain = document.title;
  inbox.waitBegan = (row) => {
    inbox.announce(interpolate(gettext("%(name)s waits for an answer"), { name: row.person.name }));
    if (looking()) return;
    fresh.value += 1;
    tone();
    notify(row);
  };
  addEventListener("focus", () => {
    fresh.value = 0;
  });
  for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, warmUp, { once: true });
  effect(() => {
    const row = inbox.longest.value;
    const waited = row?.waiting_since ? `${stopwatch(inbox.since(row.waiting_since))} · ` : "";
    const title = `${fresh.value ? `(${fresh.value}) ` : ""}${waited}${plain}`;
    if (document.title !== title) document.title = title;
  });
}

/** Sound and notifications are asked for here, never by themselves. */
export function AlertsButton({ inbox }: { inbox: Inbox }) {
  const on = sound.value;
  const toggle = async () => {
    sound.value = !on;
    localStorage.setItem(KEY, sound.value ? "on" : "off");
    if (on) return;
    tone();
    if ("Notification" in window && Notification.permission === "default")
      await Notification.requestPermission();
    inbox.announce(
      gettext("You hear a tone and get a notification when somebody waits and you look elsewhere."),
    );
  };
  return (
    <button
      type="button"
      class="btn btn-ghost btn-sm px-2 max-md:min-h-11"
      aria-pressed={on}
      title={gettext("A tone and a notification when somebody waits and you look elsewhere")}
      onClick={() => void toggle()}
    >
      <Icon name={on ? "icon-[lucide--bell]" : "icon-[lucide--bell-off]"} />
      <span class="max-[90rem]:sr-only max-[60rem]:not-sr-only max-md:sr-only">
        {on ? gettext("Sound on") : gettext("Sound off")}
      </span>
    </button>
  );
}
