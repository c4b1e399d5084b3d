/** Files as they are seen: beside a composer, and in messages; loaded when there is the first one. */
import { signal } from "@preact/signals";
import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Attach, Beside } from "./attach";
import { gettext, interpolate } from "./i18n";
import type { SentFile } from "./protocol";
import { sizeText } from "./size";
import { mayRetry } from "./uploading";

/** What is beside the composer, with how far it is and a way to take it away. */
export function BesideFiles({ attach }: { attach: Attach }) {
  return (
    <div class="files-beside">
      {attach.wrong.value ? (
        <p class="text-sm" role="alert">
          {attach.wrong.value}
        </p>
      ) : null}
      {attach.files.value.length > 0 ? (
        <ul aria-label={gettext("Files with your message")}>
          {attach.files.value.map((file) => (
            <li key={file.key} class={file.state === "failed" ? "file-bad" : ""}>
              <One attach={attach} file={file} />
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

function One({ attach, file }: { attach: Attach; file: Beside }) {
  const failed = file.state === "failed";
  const small = file.sent?.width ? `${attach.base}${file.sent.id}/small/` : null;
  return (
    <>
      {small ? (
        <img src={small} alt="" width={32} height={32} />
      ) : (
        <span class="icon-[lucide--file-text] size-5 shrink-0" aria-hidden="true" />
      )}
      <span class="min-w-0 flex-1">
        <span class="file-name">{file.name}</span>
        <span class="file-more" role={failed ? "alert" : undefined}>
          {failed ? file.reason : stateText(file)}
        </span>
        {file.state === "sending" ? (
          <progress
            max={1}
            value={file.share}
            aria-label={interpolate(gettext("Sending %(name)s"), { name: file.name })}
          />
        ) : null}
      </span>
      {failed && mayRetry(file.key) ? (
        <button
          type="button"
          class="btn btn-ghost btn-sm btn-square"
          aria-label={interpolate(gettext("Try %(name)s again"), { name: file.name })}
          onClick={() => void attach.retry(file.key)}
        >
          <span class="icon-[lucide--rotate-ccw] size-4" aria-hidden="true" />
        </button>
      ) : null}
      <button
        type="button"
        class="btn btn-ghost btn-sm btn-square"
        aria-label={interpolate(gettext("Remove %(name)s"), { name: file.name })}
        onClick={() => void attach.remove(file.key)}
      >
        <span class="icon-[lucide--x] size-4" aria-hidden="true" />
      </button>
    </>
  );
}

function stateText(file: Beside): string {
  if (file.state === "waiting" && !navigator.onLine) return gettext("Goes up when you are back");
  if (file.state === "waiting") return gettext("Waits for its turn");
  return sizeText(file.size);
}

/** The files of a message; `base` is where this reader finds them, `by` who sent them. */
export function SentFiles({ files, base, by }: { files: SentFile[]; base: string; by: string }) {
  return (
    <ul class="files-sent">
      {files.map((file) => (
        <li key={file.id}>
          {file.width && file.height ? (
            <Picture file={file} base={base} by={by} />
          ) : (
            <a class="file-chip" href={`${base}${file.id}/`} download={file.name}>
              <span class="icon-[lucide--file-text] size-5 shrink-0" aria-hidden="true" />
              <span class="file-name">{file.name}</span>
              <span class="file-more">{sizeText(file.size)}</span>
            </a>
          )}
        </li>
      ))}
    </ul>
  );
}

function Picture({ file, base, by }: { file: SentFile; base: string; by: string }) {
  const alt = interpolate(gettext("Picture from %(by)s: %(name)s"), { by, name: file.name });
  const height = Math.min(file.height ?? 1, 480);
  return (
    <button type="button" class="file-pic" aria-haspopup="dialog" onClick={() => show(file, base, alt)}>
      <img
        src={`${base}${file.id}/small/`}
        alt={alt}
        loading="lazy"
        width={Math.round((height * (file.width ?? 1)) / (file.height ?? 1))}
        height={height}
      />
    </button>
  );
}

const shown = signal<{ file: SentFile; base: string; alt: string } | null>(null);

let host: HTMLElement | null = null;

function show(file: SentFile, base: string, alt: string): void {
  if (!host) {
    host = document.body.appendChild(document.createElement("div"));
    render(<LargePicture />, host);
  }
  shown.value = { file, base, alt };
}

/** The large picture over the page: Escape, the button or a click beside it closes it. */
function LargePicture() {
  const dialog = useRef<HTMLDialogElement>(null);
  const now = shown.value;
  useEffect(() => {
    if (now && !dialog.current?.open) dialog.current?.showModal();
  }, [now]);
  if (!now) return null;
  const { file, base, alt } = now;
  const close = () => dialog.current?.close();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself
    <dialog
      ref={dialog}
      class="file-large"
      aria-label={alt}
      onClick={(event) => event.target === dialog.current && close()}
      onClose={() => {
        shown.value = null;
      }}
    >
      <p class="flex items-center gap-2">
        <span class="file-name min-w-0 flex-1">{file.name}</span>
        <a class="btn btn-sm btn-ghost" href={`${base}${file.id}/?keep`} download={file.name}>
          <span class="icon-[lucide--download] size-4" aria-hidden="true" />
          {gettext("Download")}
        </a>
        <button
          type="button"
          class="btn btn-sm btn-ghost btn-square"
          aria-label={gettext("Close")}
          onClick={close}
        >
          <span class="icon-[lucide--x] size-5" aria-hidden="true" />
        </button>
      </p>
      <img
        src={`${base}${file.id}/`}
        alt={alt}
        width={file.width ?? undefined}
        height={file.height ?? undefined}
      />
    </dialog>
  );
}
