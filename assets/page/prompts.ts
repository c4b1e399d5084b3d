/** The card of a page outside the room; loaded only where the webinar has prompts. */
import { csrfToken } from "../shared/csrf";
import { gettext } from "../shared/i18n";
import { Inviter, type Live, type PromptsData } from "../shared/inviter";
import { readData } from "../shared/mount";
import type { PageKind, Prompt } from "../shared/prompts";
import { introduce, keep, recall } from "./visitor";

async function tell(data: PromptsData, prompt: string, what: string, page: PageKind): Promise<boolean> {
  const frame = { type: "prompt", ref: crypto.randomUUID(), data: { prompt: Number(prompt), what, page } };
  const response = await fetch(data.urls.commands ?? "", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify(frame),
    keepalive: true, // also when the page is left by the very press
  });
  if (response.status >= 500) throw new Error(`HTTP ${response.status}`);
  const answer = (await response.json()) as { type: string };
  return answer.type === "ack";
}

/** A place that came of a prompt, which only this browser knows of; said once, by whoever now holds the place. */
async function tellRegistered(data: PromptsData): Promise<void> {
  const memory = recall(data.webinar);
  if (memory.acted === null) return;
  const acted = memory.acted;
  keep(data.webinar, { ...memory, acted: null });
  await tell(data, acted, "registered", data.page).catch(() => undefined);
}

function element(name: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function icon(name: string, size: string): HTMLElement {
  const made = element("span", `${name} ${size} shrink-0`);
  made.ariaHidden = "true";
  return made;
}

function labelOf(prompt: Prompt, data: PromptsData): string {
  if (prompt.action === "text") return gettext("Read more");
  if (prompt.action === "form") return gettext("Choose a time");
  if (data.visitor || !data.urls.talk) return gettext("How to reach us");
  return data.mode === "email" ? gettext("Ask by e‑mail") : gettext("Open the chat");
}

class Card {
  private readonly box = element("aside", "invite");

  constructor(
    private readonly prompt: Prompt,
    private readonly data: PromptsData,
    private readonly inviter: Inviter,
  ) {
    this.box.classList.toggle("invite-left", data.side === "left");
    this.box.ariaLabel = gettext("Invitation");
    this.box.id = "invite";
    const head = element("p", "invite-by");
    head.append(
      icon("icon-[lucide--clock]", "size-3.5"),
      element("b", "font-semibold", gettext("Automatic")),
    );
    const close = element("button", "btn btn-ghost btn-sm btn-square ms-auto") as HTMLButtonElement;
    close.type = "button";
    close.ariaLabel = gettext("Close");
    close.append(icon("icon-[lucide--x]", "size-4"));
    close.addEventListener("click", () => this.close());
    head.append(close);
    this.box.append(head, element("p", "invite-text", prompt.text), this.action());
    document.addEventListener("keydown", this.escape);
  }

  appear(): void {
    document.body.append(this.box);
    const said = document.getElementById("invite-said");
    if (said) said.textContent = `${gettext("Automatic")}: ${this.prompt.text}`;
  }

  private action(): HTMLElement {
    const button = element("button", "btn btn-sm btn-primary mt-2", labelOf(this.prompt, this.data));
    (button as HTMLButtonElement).type = "button";
    button.addEventListener("click", () => this.act(button));
    return button;
  }

  private act(button: HTMLElement): void {
    const { prompt, data } = this;
    this.inviter.act();
    if (prompt.action === "text") {
      button.replaceWith(element("p", "invite-more", prompt.article));
      return;
    }
    this.leave();
    if (prompt.action === "form") goToForm(data);
    else document.querySelector<HTMLElement>(".launcher")?.click(); // the conversation, or how to reach the team
  }

  private readonly escape = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) this.close();
  };

  private close(): void {
    const inside = this.box.contains(document.activeElement);
    this.inviter.close();
    this.leave();
    if (inside) document.querySelector<HTMLElement>(".launcher")?.focus();
  }

  private leave(): void {
    document.removeEventListener("keydown", this.escape);
    this.box.remove();
  }
}

function goToForm(data: PromptsData): void {
  const form = document.getElementById("register");
  if (!data.visitor || !form) {
    if (data.urls.form) location.assign(data.urls.form);
    return;
  }
  form.scrollIntoView({ block: "start" });
  form.querySelector<HTMLElement>("input:not([type=hidden]), button")?.focus({ preventScroll: true });
}

/** The last step of registration begins with the first key or choice in its form. */
function watchForm(): () => Live {
  let inForm = false;
  const begin = (event: Event) => {
    if ((event.target as Element).closest("#register form[method=post]")) inForm = true;
  };
  for (const name of ["input", "focusin"]) document.addEventListener(name, begin);
  return () => (inForm ? { page: "form" } : {});
}

function start(): void {
  const data = readData<PromptsData>("prompts-data");
  const memory = data.visitor ? introduce(data) : null;
  if (!data.visitor) void tellRegistered(data);
  const note = (prompt: Prompt, what: "closed" | "acted", page: PageKind) => {
    if (memory === null) {
      tell(data, prompt.key, what, page).catch(() => undefined);
      return;
    }
    if (what === "closed") memory.quietUntil = data.quiet_until;
    else memory.acted = prompt.key;
    keep(data.webinar, memory);
  };
  const inviter: Inviter = new Inviter(data, {
    now: () => Date.now(),
    live: data.visitor ? watchForm() : () => ({}),
    may: async (prompt, page) => {
      if (memory === null) return tell(data, prompt.key, "shown", page);
      memory.seen[prompt.key] = { at: Date.now(), session: data.session };
      keep(data.webinar, memory);
      return true;
    },
    show: (prompt) => new Card(prompt, data, inviter).appear(),
    note,
  });
}

start();
