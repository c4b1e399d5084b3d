/** What the inbox does outside its own corner: the address, the views in the side, the keys. */
import { effect } from "@preact/signals";
import { gettext } from "../shared/i18n";
import { showHelp } from "./help";
import { type Act, actOf, isField } from "./keys";
import { isView, neighbour } from "./sort";
import { openStatus } from "./status";
import type { Inbox } from "./store";

const ID = /^#([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

/** Ties the inbox to the page around it. */
export function startPage(inbox: Inbox): void {
  follow(inbox);
  addEventListener("hashchange", () => follow(inbox));
  document.addEventListener("click", (event) => pickView(inbox, event));
  document.addEventListener("keydown", (event) => press(inbox, event));
  effect(() => showViews(inbox));
  effect(() => showLine(inbox));
  effect(() => keepView(inbox));
}

/** The address names the open conversation, so that Back closes it and a link opens it. */
function follow(inbox: Inbox): void {
  inbox.select(ID.exec(location.hash)?.[1] ?? null);
}

function pickView(inbox: Inbox, event: MouseEvent): void {
  const link = (event.target as Element).closest<HTMLElement>("[data-view]");
  const view = link?.dataset.view ?? null;
  if (!isView(view) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  inbox.show(view);
}

function showViews(inbox: Inbox): void {
  const counts = inbox.counts.value;
  for (const link of document.querySelectorAll<HTMLElement>("[data-view]")) {
    const { view } = link.dataset;
    if (!isView(view ?? null)) continue;
    if (view === inbox.view.value) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    const number = link.querySelector(".n");
    if (number) number.textContent = String(counts[view as keyof typeof counts]);
  }
}

function showLine(inbox: Inbox): void {
  const place = document.querySelector("[data-line]");
  if (!place) return;
  const open = inbox.line.state.value === "open";
  place.querySelector("[data-line-text]")?.replaceChildren(open ? gettext("Connected") : gettext("Offline"));
  place.toggleAttribute("data-off", !open);
}

function keepView(inbox: Inbox): void {
  const url = new URL(location.href);
  if ((url.searchParams.get("view") ?? "all") === inbox.view.value) return;
  url.searchParams.set("view", inbox.view.value);
  history.replaceState(history.state, "", url);
}

function press(inbox: Inbox, event: KeyboardEvent): void {
  if (document.querySelector("dialog[open]")) return;
  const target = event.target instanceof Element ? event.target : null;
  const act = actOf(event, isField(target));
  if (act === null) return;
  const done = ACTS[act](inbox, target);
  if (done !== false) event.preventDefault();
}

function move(inbox: Inbox, step: 1 | -1): void {
  const ids = inbox.shown.value.flatMap((group) => group.rows.map((row) => row.id));
  const here = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.row : undefined;
  const id = neighbour(ids, here ?? inbox.selected.value, step);
  const row = id === null ? null : document.querySelector<HTMLElement>(`[data-row="${id}"]`);
  row?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

const ACTS: Record<Act, (inbox: Inbox, target: Element | null) => unknown> = {
  down: (inbox) => move(inbox, 1),
  up: (inbox) => move(inbox, -1),
  next: (inbox) => {
    const row = inbox.next();
    if (row) location.hash = row.id;
    else inbox.announce(gettext("Nobody else is waiting."));
  },
  claim: (inbox) => inbox.thread()?.command("claim"),
  reply: () => document.getElementById("reply")?.focus(),
  resolve: (inbox) => {
    const thread = inbox.thread();
    const resolved = inbox.row(inbox.selected.value)?.state === "resolved";
    return resolved ? thread?.command("reopen") : thread?.resolve();
  },
  draft: () => document.getElementById("ask-draft")?.click(),
  search: (inbox) => inbox.search(true),
  status: () => openStatus(),
  help: () => showHelp(),
  send: (inbox, target) => {
    const thread = inbox.thread();
    if (target?.id !== "reply" || !thread) return false;
    if (thread.changes.editing.value) return thread.changes.save();
    return thread.send({ anyway: thread.held.value !== null });
  },
  undo: (inbox, target) => {
    const thread = inbox.thread();
    const typing = target?.id === "reply" ? thread?.draft.value : target !== null && isField(target);
    return !typing && (thread?.changes.undo() ?? false);
  },
  leave: (inbox, target) => {
    if (inbox.side.value) inbox.side.value = false;
    else if (inbox.thread()?.changes.leave()) document.getElementById("reply")?.focus();
    else if (target instanceof HTMLElement && isField(target)) target.blur();
    else return false;
  },
};
