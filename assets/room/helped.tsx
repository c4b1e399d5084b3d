/** *Did this help?* under an answer of the host's list: a human is always one press away. */
import { useEffect, useRef, useState } from "preact/hooks";
import { gettext, interpolate } from "../shared/i18n";
import type { PublicMessage } from "../shared/protocol";
import { names } from "./faces";
import { Icon } from "./icon";
import type { Room } from "./room";

export function Helped({ room, message }: { room: Room; message: PublicMessage }) {
  const [helped, setHelped] = useState<boolean | null>(message.faq?.helped ?? null);
  const [wrong, setWrong] = useState("");
  const thanks = useRef<HTMLElement>(null);
  const pressed = useRef(false);
  useEffect(() => {
    // The button that was pressed is gone: whoever uses the keyboard goes on from here.
    if (pressed.current && helped) thanks.current?.focus();
  }, [helped]);
  const say = async (yes: boolean) => {
    const before = helped;
    pressed.current = true;
    setHelped(yes);
    setWrong("");
    if (!yes) toComposer();
    try {
      const answer = await room.chat.line.ask("faq.helped", { message: message.seq, helped: yes });
      if (answer.type === "refused") setWrong(String(answer.text));
    } catch {
      setHelped(before);
      setWrong(gettext("No connection, so nobody was told. Try again."));
    }
  };
  return (
    <fieldset class="mt-2.5" aria-labelledby={`helped-${message.seq}`}>
      {helped === false ? (
        <p class="text-base-content" id={`helped-${message.seq}`}>
          {human(room)}
        </p>
      ) : (
        <p class="flex flex-wrap items-center gap-2">
          <span class="text-base-content" id={`helped-${message.seq}`} ref={thanks} tabIndex={-1}>
            {helped ? gettext("Good that it helped.") : gettext("Did this help?")}
          </span>
          {helped ? null : (
            <button class="btn btn-sm" type="button" onClick={() => void say(true)}>
              {gettext("Yes")}
            </button>
          )}
          <button class="btn btn-sm" type="button" onClick={() => void say(false)}>
            {gettext("Ask a human")}
          </button>
        </p>
      )}
      {wrong ? (
        <p class="mt-1.5 flex items-center gap-1.5 text-base-content" role="alert">
          <Icon name="icon-[lucide--circle-alert] text-error" size="size-3.5" />
          {wrong}
        </p>
      ) : null}
    </fieldset>
  );
}

/** Who answers, and when, as it stands above the composer. */
function human(room: Room): string {
  const expect = room.chat.expect.value;
  if (expect === null) return gettext("The team has your question.");
  const who = expect.people.length > 0 ? names(expect.people) : gettext("The team");
  const text = gettext("%(who)s: your question is with them. %(when)s");
  return interpolate(text, { who, when: `${expect.text} ${expect.leaving}` });
}

/** The composer or the e-mail form, whichever is there; both call their field the same. */
function toComposer(): void {
  document.getElementById("message")?.focus();
}
