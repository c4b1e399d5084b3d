/** The list of keys, opened by `?`. */
import { gettext } from "../shared/i18n";
import { keyList } from "./keys";
import { Icon } from "./parts";

export const HELP = "inbox-keys";

export function Help() {
  return (
    <dialog id={HELP} class="modal" aria-labelledby="inbox-keys-title">
      <div class="modal-box max-w-sm">
        <div class="flex items-center">
          <h2 id="inbox-keys-title" class="text-lg">
            {gettext("Keys")}
          </h2>
          <form method="dialog" class="ms-auto">
            <button
              type="submit"
              class="btn btn-ghost btn-sm btn-square max-md:min-h-11 max-md:min-w-11"
              aria-label={gettext("Close")}
            >
              <Icon name="icon-[lucide--x]" />
            </button>
          </form>
        </div>
        <dl class="mt-3 grid grid-cols-[6rem_minmax(0,1fr)] items-center gap-y-2">
          {keyList().map(([keys, text]) => [
            <dt key={text} class="flex gap-1">
              {keys.map((key) => (
                <kbd key={key} class="kbd">
                  {key}
                </kbd>
              ))}
            </dt>,
            <dd key={`${text} said`}>{text}</dd>,
          ])}
        </dl>
        <p class="mt-3 text-sm muted">{gettext("Letters act only outside fields.")}</p>
      </div>
      <form method="dialog" class="modal-backdrop">
        <button type="submit" aria-label={gettext("Close")} />
      </form>
    </dialog>
  );
}

export function showHelp(): void {
  const dialog = document.getElementById(HELP);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}
