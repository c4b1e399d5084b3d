/** The attendee's room: mounts on #room with the data the server left in #room-data. */
import { render } from "preact";
import { mountPoint, readData } from "../shared/mount";

interface RoomData {
  title: string;
}

function Room({ data }: { data: RoomData }) {
  return <h1 class="text-base truncate">{data.title}</h1>;
}

render(<Room data={readData<RoomData>("room-data")} />, mountPoint("room"));
