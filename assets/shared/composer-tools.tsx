/** The paper clip and the face beside a composer; what they do is loaded when they are pressed. */
import { useRef } from "preact/hooks";
import type { Attach } from "./attach";
import { gettext } from "./i18n";

interface Props {
  /** Null where no files can be sent. */
  attach: Attach | null;
  field: () => HTMLTextAreaElement | null;
  /** The field's text changed. */
  write: (text: string) => void;
}

const BUTTON = "btn btn-ghost btn-sm btn-square";

export function Tools({ attach, field, write }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const put = (emoji: string) => {
    const area = field();
    if (!area) return;
    area.setRangeText(emoji, area.selectionStart, area.selectionEnd, "end");
    write(area.value);
    area.focus();
  };
  return (
    <>
      {attach ? (
        <>
          <button
            type="button"
            class={BUTTON}
            aria-label={gettext("Add files")}
            title={gettext("Add files")}
            onClick={() => input.current?.click()}
          >
            <span class="icon-[lucide--paperclip] size-4.5 shrink-0" aria-hidden="true" />
          </button>
          <input
            ref={input}
            type="file"
            hidden
            multiple
            accept={attach.limits.accept}
            aria-label={gettext("Add files")}
            onChange={(event) => {
              void attach.add(event.currentTarget.files ?? []);
              event.currentTarget.value = "";
              field()?.focus();
            }}
          />
        </>
      ) : null}
      <button
        type="button"
        class={BUTTON}
        aria-label={gettext("Emoji")}
        title={gettext("Emoji")}
        aria-haspopup="dialog"
        onClick={(event) => {
          const button = event.currentTarget;
          void import("./emoji").then((emoji) => emoji.toggle(button, put)).catch(() => {});
        }}
      >
        <span class="icon-[lucide--smile] size-4.5 shrink-0" aria-hidden="true" />
      </button>
    </>
  );
}
