/** The moderator's inbox: mounts on #inbox with the data the server left in #inbox-data. */
import { render } from "preact";
import { mountPoint, readData } from "../shared/mount";

interface InboxData {
  team: { name: string };
}

function Inbox({ data }: { data: InboxData }) {
  return <h1 class="text-lg truncate">{data.team.name}</h1>;
}

render(<Inbox data={readData<InboxData>("inbox-data")} />, mountPoint("inbox"));
