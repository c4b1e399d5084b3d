/** Whether one wants to answer: set here and nowhere else, the same on all of one's devices. */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { gettext, interpolate } from "../shared/i18n";
import type { Status } from "../shared/protocol";
import { Icon } from "./parts";
import type { Inbox } from "./store";
import { clockTime } from "./times";

type Intent = Status["intent"];
const INTENTS: Intent[] = ["available", "busy", "away", "break"];
const LENGTHS = [5, 15, 30, 60];
const MENU = "inbox-status";
const wrong = signal("");

export function intentName(intent: Intent): string {
  const names: Record<Intent, string> = {
    available: gettext("Available"),
    busy: gettext("Busy"),
    away: gettext("Away"),
    break: gettext("On a break"),
  };
  return names[intent];
}

/** Such as "On a break until 13:30: Lunch". */
function inWords(status: Status, zone: string): string {
  const name = intentName(status.intent);
  const until = status.until
    ? interpolate(gettext("until %(time)s"), { time: clockTime(status.until, zone) })
    : "";
  const words = [name, until].filter((word) => word !== "").join(" ");
  return status.reason ? `${words}: ${status.reason}` : words;
}

async function say(
  inbox: Inbox,
  data: { intent: Intent; reason?: string; until?: string | null },
): Promise<void> {
  wrong.value = "";
  try {
    const answer = await inbox.line.ask("status.set", data);
    if (answer.type !== "ack") {
      wrong.value = String(answer.text);
      return;
    }
    inbox.status.value = { reason: "", until: null, since: String(answer.at), ...data };
    inbox.announce(inWords(inbox.status.value, inbox.data.zone));
    document.getElementById(MENU)?.removeAttribute("open");
    document.querySelector<HTMLElement>(`#${MENU} > summary`)?.focus();
  } catch {
    wrong.value = gettext("Not saved: there is no connection. Try again.");
  }
}

/** The key: opens the menu, with what is so now in front. */
export function openStatus(): void {
  const menu = document.getElementById(MENU);
  if (!(menu instanceof HTMLDetailsElement)) return;
  menu.open = true;
  menu.querySelector<HTMLElement>("[aria-pressed=true]")?.focus();
}

export function StatusMenu({ inbox }: { inbox: Inbox }) {
  const menu = useRef<HTMLDetailsElement>(null);
  const status = inbox.status.value;
  useEffect(() => {
    const shut = (event: Event) => {
      const key = event instanceof KeyboardEvent ? event.key : "";
      const inside = event.target instanceof Node && menu.current?.contains(event.target);
      if (key === "Escape" || (key === "" && !inside)) menu.current?.removeAttribute("open");
    };
    document.addEventListener("click", shut);
    document.addEventListener("keydown", shut);
    return () => {
      document.removeEventListener("click", shut);
      document.removeEventListener("keydown", shut);
    };
  }, []);
  const words = inWords(status, inbox.data.zone);
  return (
    <details class="menu-box menu-down" id={MENU} ref={menu}>
      <summary
        class="btn btn-ghost btn-sm max-w-40 px-2 font-normal max-md:min-h-11"
        aria-label={interpolate(gettext("You are: %(status)s"), { status: words })}
        title={words}
      >
        <Mark intent={status.intent} />
        {status.intent === "available" ? null : (
          <span class="truncate max-[110rem]:hidden">{intentName(status.intent)}</span>
        )}
      </summary>
      <div class="text-body">
        {INTENTS.slice(0, 3).map((intent) => (
          <button
            key={intent}
            type="button"
            class="item max-md:min-h-11!"
            aria-pressed={intent === status.intent}
            onClick={() => void say(inbox, { intent })}
          >
            <Mark intent={intent} />
            {intentName(intent)}
            {intent === status.intent ? <Icon name="icon-[lucide--check] ms-auto" /> : null}
          </button>
        ))}
        <Break inbox={inbox} status={status} />
        {wrong.value ? (
          <p class="error px-2.5 py-1 text-sm" role="alert">
            {wrong.value}
          </p>
        ) : null}
      </div>
    </details>
  );
}

function Break({ inbox, status }: { inbox: Inbox; status: Status }) {
  const begin = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const given = new FormData(event.currentTarget);
    const minutes = Number(given.get("minutes"));
    const until = minutes > 0 ? new Date(inbox.clock.now() + minutes * 60_000).toISOString() : null;
    void say(inbox, { intent: "break", reason: String(given.get("reason") ?? "").trim(), until });
  };
  return (
    <form class="mt-1 grid gap-2 border-t border-base-300 p-2.5" onSubmit={begin}>
      <label class="text-sm">
        {gettext("Break for")}{" "}
        <select class="select select-sm w-auto" name="minutes">
          {LENGTHS.map((length) => (
            <option key={length} value={length} selected={length === 15}>
              {interpolate(gettext("%(n)s minutes"), { n: length })}
            </option>
          ))}
          <option value="0">{gettext("as long as it takes")}</option>
        </select>
      </label>
      <input
        class="input input-sm"
        name="reason"
        maxLength={80}
        placeholder={gettext("Reason, if you like")}
        aria-label={gettext("Reason of the break")}
      />
      <button
        type="submit"
        class="btn btn-sm max-md:min-h-11"
        aria-pressed={status.intent === "break"}
        data-intent="break"
      >
        <Mark intent="break" />
        {gettext("Take a break")}
      </button>
    </form>
  );
}

/** A sign of its own for each, not a colour alone. */
function Mark({ intent }: { intent: Intent }) {
  const marks: Record<Intent, string> = {
    available: "icon-[lucide--circle-check] done",
    busy: "icon-[lucide--circle-minus]",
    away: "icon-[lucide--circle]",
    break: "icon-[lucide--coffee]",
  };
  return <Icon name={marks[intent]} />;
}
