/** The draft of a language model above the field: it is taken into the reply by hand, or put away. */
import { useEffect, useMemo } from "preact/hooks";
import { gettext } from "../shared/i18n";
import type { Row } from "../shared/protocol";
import { Icon, Key } from "./parts";
import type { Inbox } from "./store";
import { Suggestions } from "./suggestions";
import type { Thread } from "./thread";

export function SuggestionBar({ inbox, thread, row }: { inbox: Inbox; thread: Thread; row: Row }) {
  const facts = thread.facts.value;
  const offered = facts?.drafts ?? false;
  const suggestions = useMemo(
    () => (offered ? new Suggestions(thread, inbox.data.urls.base) : null),
    [thread, offered],
  );
  useEffect(() => () => suggestions?.stop(), [suggestions]);
  if (!suggestions) return null;
  const draft = suggestions.current.value;
  const bar = "flex flex-wrap items-center gap-2 border-b border-base-300 px-3 py-1.5 text-sm";
  if (!draft) {
    if (!row.waiting_since) return null;
    return (
      <p class={bar}>
        <button
          type="button"
          id="ask-draft"
          class="btn btn-ghost btn-xs -ms-2"
          onClick={() => void suggestions.ask()}
        >
          <Icon name="icon-[lucide--sparkles]" size="size-3.5" />
          {gettext("Ask for a draft")}
          <Key>D</Key>
        </button>
        <span class="harm" role="alert">
          {suggestions.problem.value}
        </span>
      </p>
    );
  }
  const away = (
    <button type="button" class="btn btn-ghost btn-xs ms-auto" onClick={() => suggestions.discard()}>
      {draft.state === "asked" ? gettext("Never mind") : gettext("Put away")}
    </button>
  );
  if (draft.state === "ready") {
    return (
      <section class="border-b border-base-300 px-3 py-2 text-sm" aria-labelledby="suggested">
        <h3 class="flex items-center gap-2 text-xs muted" id="suggested">
          <Icon name="icon-[lucide--sparkles]" size="size-3.5" />
          {gettext("Draft by a language model. Check it: only you send it.")}
        </h3>
        <p
          class="my-1.5 max-h-[30dvh] overflow-y-auto whitespace-pre-line [overflow-wrap:anywhere]"
          role="status"
        >
          {draft.text}
        </p>
        <p class="flex gap-2">
          <button type="button" class="btn btn-xs" onClick={() => suggestions.take()}>
            {gettext("Put it into my reply")}
          </button>
          {away}
        </p>
      </section>
    );
  }
  return (
    <p class={bar}>
      <Icon name="icon-[lucide--sparkles]" size="size-3.5" />
      <span role="status" class={draft.state === "failed" ? "harm" : "muted"}>
        {words(draft.state, draft.reason)}
      </span>
      {draft.state === "failed" && row.waiting_since && (
        <button type="button" class="btn btn-xs" onClick={() => void suggestions.ask()}>
          {gettext("Try again")}
        </button>
      )}
      {away}
    </p>
  );
}

function words(state: string, reason: string): string {
  if (state === "asked") return reason || gettext("A draft is being written. Just go on typing.");
  if (state === "dropped") return gettext("The draft was dropped: a human was faster.");
  return reason || gettext("There is no draft.");
}
