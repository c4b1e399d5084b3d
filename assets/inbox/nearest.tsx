/** The nearest entries of the host's list to an open question: one press puts an answer into the draft, none sends. */
import { useEffect, useState } from "preact/hooks";
import { gettext, interpolate } from "../shared/i18n";
import type { Row } from "../shared/protocol";
import { forget, took } from "./near";
import { Icon } from "./parts";
import type { Thread } from "./thread";
import type { NearEntry } from "./types";

export function Nearest({ thread, row }: { thread: Thread; row: Row }) {
  const [inserted, setInserted] = useState("");
  const draft = thread.draft.value;
  useEffect(() => {
    if (draft.trim()) return;
    forget(thread.id);
    setInserted("");
  }, [thread.id, draft]);
  const near = thread.facts.value?.faq ?? [];
  if (near.length === 0 || row.waiting_since === null) return null;
  const insert = (entry: NearEntry) => {
    thread.write([draft.trimEnd(), entry.answer].filter(Boolean).join("\n"));
    took(thread.id, entry.id);
    setInserted(entry.question);
    document.getElementById("reply")?.focus();
  };
  return (
    <section class="border-b border-base-300 px-1 py-1" aria-label={gettext("Near in your list")}>
      <ul>
        {near.map((entry) => (
          <li key={entry.id}>
            <button
              type="button"
              class="flex w-full cursor-pointer items-baseline gap-2 rounded-field px-2 py-1 text-start text-sm hover:bg-[var(--act-wash)] max-md:min-h-11"
              onClick={() => insert(entry)}
            >
              <span
                class={`ax w-6 shrink-0 text-end text-xs ${entry.above ? "done font-semibold" : "muted"}`}
                title={
                  entry.above ? gettext("near enough to be said") : gettext("not near enough to be said")
                }
              >
                {entry.score}
              </span>
              <span class={`shrink-0 max-w-1/2 truncate ${entry.above ? "font-semibold" : ""}`}>
                {entry.question}
              </span>
              <span class="min-w-0 flex-1 truncate muted">{entry.answer}</span>
              {entry.said && <span class="shrink-0 text-xs muted">{gettext("said by itself")}</span>}
            </button>
          </li>
        ))}
      </ul>
      <p class={inserted ? "flex items-center gap-1.5 px-2 pb-0.5 text-xs muted" : ""} role="status">
        {inserted && <Icon name="icon-[lucide--corner-left-down]" size="size-3.5" />}
        {inserted &&
          interpolate(gettext("“%(question)s” is in the draft, not sent."), { question: inserted })}
      </p>
    </section>
  );
}
