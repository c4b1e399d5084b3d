/** The moderator's inbox: mounts on #inbox with the data the server left in #inbox-data. */
import { effect } from "@preact/signals";
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { gettext } from "../shared/i18n";
import { mountPoint, readData } from "../shared/mount";
import { startAlerts } from "./alerts";
import { Context } from "./context";
import { Help } from "./help";
import { List } from "./list";
import { startPage } from "./page";
import { NoThread } from "./states";
import { Inbox } from "./store";
import { ThreadView } from "./thread-view";
import type { InboxData } from "./types";

function App({ inbox }: { inbox: Inbox }) {
  const thread = inbox.thread();
  useEffect(() => {
    if (thread)
      document.querySelector<HTMLElement>(`[data-row="${thread.id}"]`)?.scrollIntoView({ block: "nearest" });
  }, [thread]);
  return (
    <>
      <h1 class="sr-only">{gettext("Inbox")}</h1>
      <List inbox={inbox} />
      {thread ? <ThreadView key={thread.id} inbox={inbox} thread={thread} /> : <NoThread inbox={inbox} />}
      <Context inbox={inbox} />
      <Help />
      <p class="sr-only" role="status">
        {inbox.said.value}
      </p>
    </>
  );
}

const inbox = new Inbox(readData<InboxData>("inbox-data"));
const mount = mountPoint("inbox");
startPage(inbox);
startAlerts(inbox);
effect(() => {
  mount.toggleAttribute("data-open", inbox.selected.value !== null);
  mount.toggleAttribute("data-side", inbox.side.value);
});
render(<App inbox={inbox} />, mount);
