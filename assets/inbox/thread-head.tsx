/** The head of a thread: who it is, whose it is, who else looks, and what settles it. */
import { useRef } from "preact/hooks";
import { gettext, interpolate } from "../shared/i18n";
import type { Row } from "../shared/protocol";
import { Where } from "./list";
import { Face, Icon, Key, Kind, WaitClock } from "./parts";
import type { Inbox } from "./store";
import type { Thread } from "./thread";

export function ThreadHead({ inbox, thread, row }: { inbox: Inbox; thread: Thread; row: Row }) {
  return (
    <header class="flex h-14 shrink-0 items-center gap-2 border-b border-base-300 px-4 max-md:px-2">
      <a
        class="btn btn-ghost btn-sm btn-square md:hidden max-md:min-h-11 max-md:min-w-11"
        href="#list"
        aria-label={gettext("Back to the list")}
      >
        <Icon name="icon-[lucide--arrow-left]" size="size-5" />
      </a>
      <div class="min-w-0" title={row.webinar.title}>
        <h2 class="truncate leading-tight" tabindex={-1}>
          <button
            type="button"
            class="max-w-full cursor-pointer truncate font-semibold min-[72rem]:hidden max-md:py-1"
            aria-expanded={inbox.side.value}
            onClick={() => {
              inbox.side.value = !inbox.side.value;
            }}
          >
            {row.person.name}
            <Icon name="icon-[lucide--chevron-down] inline-block align-[-2px] ms-0.5" size="size-3.5" />
            <span class="sr-only">{gettext("Who they are")}</span>
          </button>
          <span class="max-[72rem]:hidden">{row.person.name}</span>
        </h2>
        <p class="truncate text-xs muted">
          <Kind kind={row.kind} /> <span class="max-md:hidden">· {row.webinar.title}</span>
          <span class="ax md:hidden">
            {" "}
            · <Where inbox={inbox} row={row} />
          </span>
        </p>
      </div>
      <div class="ms-auto flex shrink-0 items-center gap-1">
        <Others thread={thread} />
        <WaitClock inbox={inbox} row={row} />
        <Ownership inbox={inbox} thread={thread} row={row} />
        <Settle thread={thread} row={row} wide />
        <More inbox={inbox} thread={thread} row={row} />
      </div>
    </header>
  );
}

/** Who else has it open. */
function Others({ thread }: { thread: Thread }) {
  const others = thread.others.value;
  if (others.length === 0) return null;
  const names = others.map((user) => user.name).join(", ");
  return (
    <span
      class="flex -space-x-1"
      role="img"
      title={interpolate(gettext("%(names)s is looking too"), { names })}
      aria-label={interpolate(gettext("%(names)s is looking too"), { names })}
    >
      {others.slice(0, 3).map((user) => (
        <Face key={user.id} name={user.name} initials={user.initials} photo={user.photo} small />
      ))}
    </span>
  );
}

function Ownership({ inbox, thread, row }: { inbox: Inbox; thread: Thread; row: Row }) {
  if (row.owner === null) {
    return (
      <button type="button" class="btn btn-sm max-md:hidden" onClick={() => void thread.command("claim")}>
        {gettext("Claim")}
        <Key>C</Key>
      </button>
    );
  }
  const mine = row.owner.id === inbox.data.me.id;
  return (
    <span class="flex items-center gap-1.5 px-1 text-sm max-md:hidden" title={row.owner.name}>
      <Face name={row.owner.name} initials={row.owner.initials} photo={row.owner.photo} small />
      <span class="max-w-24 truncate">{mine ? gettext("You") : row.owner.name}</span>
    </span>
  );
}

function Settle(props: { thread: Thread; row: Row; wide: boolean; done?: () => void }) {
  const { thread, row, wide } = props;
  const resolved = row.state === "resolved";
  return (
    <button
      type="button"
      class={wide ? "btn btn-sm max-[60rem]:hidden" : "item min-h-11! min-[60rem]:hidden!"}
      onClick={() => {
        props.done?.();
        void (resolved ? thread.command("reopen") : thread.resolve());
      }}
    >
      <Icon name={resolved ? "icon-[lucide--rotate-ccw]" : "icon-[lucide--check]"} />
      {resolved ? gettext("Open again") : gettext("Resolve")}
      {wide && <Key>E</Key>}
    </button>
  );
}

/** What there is no room for in the head; on a phone all of it. */
function More({ inbox, thread, row }: { inbox: Inbox; thread: Thread; row: Row }) {
  const menu = useRef<HTMLDetailsElement>(null);
  const phoneOnly = row.owner === null;
  const mine = row.owner?.id === inbox.data.me.id;
  const run = (what: "claim" | "release") => {
    menu.current?.removeAttribute("open");
    void thread.command(what);
  };
  return (
    <details ref={menu} class={`menu-box menu-down${phoneOnly ? " min-[60rem]:hidden" : ""}`}>
      <summary
        class="btn btn-ghost btn-sm btn-square max-md:min-h-11 max-md:min-w-11"
        aria-label={gettext("More")}
      >
        <Icon name="icon-[lucide--ellipsis]" />
      </summary>
      <div>
        {row.owner === null ? (
          <button type="button" class="item min-h-11! md:hidden!" onClick={() => run("claim")}>
            <Icon name="icon-[lucide--user-check]" />
            {gettext("Claim")}
          </button>
        ) : (
          <button type="button" class="item min-h-11!" onClick={() => run("release")}>
            <Icon name="icon-[lucide--user-minus]" />
            {mine
              ? gettext("Give it back to everybody")
              : interpolate(gettext("Take it from %(name)s and give it to everybody"), {
                  name: row.owner.name,
                })}
          </button>
        )}
        <Settle thread={thread} row={row} wide={false} done={() => menu.current?.removeAttribute("open")} />
      </div>
    </details>
  );
}
