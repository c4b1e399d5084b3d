/** The head of the list: which view it is, finding in it, sound. */
import { useRef } from "preact/hooks";
import { gettext } from "../shared/i18n";
import { AlertsButton } from "./alerts";
import { Icon, Key } from "./parts";
import { VIEWS, type View } from "./sort";
import { StatusMenu } from "./status";
import type { Inbox } from "./store";

export function viewName(view: View): string {
  const names: Record<View, string> = {
    mine: gettext("Mine"),
    unassigned: gettext("Unassigned"),
    waiting: gettext("Waiting"),
    owed: gettext("Owed"),
    all: gettext("All open"),
    resolved: gettext("Resolved"),
  };
  return names[view];
}

export function ListHead({ inbox }: { inbox: Inbox }) {
  const menu = useRef<HTMLDetailsElement>(null);
  const view = inbox.view.value;
  const searching = inbox.searching.value;
  return (
    <header class="flex h-14 shrink-0 items-center gap-1 border-b border-base-300 px-3">
      <h2 class={`text-lg min-w-0 truncate max-[60rem]:overflow-visible${searching ? " max-md:hidden" : ""}`}>
        <span class="max-[60rem]:hidden">{viewName(view)}</span>
        <details class="menu-box menu-start hidden max-[60rem]:block" ref={menu}>
          <summary class="flex min-h-11 items-center gap-1 font-semibold">
            {viewName(view)} <span class="ax font-normal muted">{inbox.counts.value[view]}</span>
            <Icon name="icon-[lucide--chevron-down]" />
          </summary>
          <ul class="text-body font-normal">
            {VIEWS.map((name) => (
              <li key={name}>
                <button
                  type="button"
                  class="item min-h-11!"
                  aria-current={name === view ? "true" : undefined}
                  onClick={() => {
                    inbox.show(name);
                    menu.current?.removeAttribute("open");
                  }}
                >
                  {viewName(name)}
                  <span class="n">{inbox.counts.value[name]}</span>
                </button>
              </li>
            ))}
          </ul>
        </details>
      </h2>
      <span class="ms-auto" />
      {searching ? null : <StatusMenu inbox={inbox} />}
      {searching ? <Search inbox={inbox} /> : <AlertsButton inbox={inbox} />}
      {!searching && (
        <a
          class="btn btn-ghost btn-sm px-2 min-h-11 min-w-11 md:hidden"
          href={`${inbox.data.urls.base}mine/`}
          aria-label={gettext("My inbox")}
          title={gettext("My inbox")}
        >
          <Icon name="icon-[lucide--settings-2]" />
        </a>
      )}
      <button
        type="button"
        class="btn btn-ghost btn-sm px-2 max-md:min-h-11 max-md:min-w-11"
        aria-label={searching ? gettext("Stop finding") : gettext("Find in the list")}
        aria-expanded={searching}
        onClick={() => inbox.search(!searching)}
      >
        <Icon name={searching ? "icon-[lucide--x]" : "icon-[lucide--search]"} />
        {!searching && (
          <span class="max-[85rem]:hidden">
            <Key>/</Key>
          </span>
        )}
      </button>
    </header>
  );
}

function Search({ inbox }: { inbox: Inbox }) {
  return (
    <input
      type="search"
      class="input input-sm min-w-0 flex-1"
      placeholder={gettext("Name, webinar, last line")}
      aria-label={gettext("Find in the list")}
      value={inbox.words.value}
      ref={(field) => field?.focus()}
      onInput={(event) => {
        inbox.words.value = event.currentTarget.value;
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") inbox.search(false);
      }}
    />
  );
}
