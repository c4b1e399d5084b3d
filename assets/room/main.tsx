/** The attendee's room: takes over #room with the data the server left in #room-data. */
import { effect } from "@preact/signals";
import { render } from "preact";
import { mountPoint, readData } from "../shared/mount";
import type { RoomData } from "./data";
import { Frame } from "./frame";
import { forgetOthers } from "./holder";
import { Lights } from "./lights";
import { Linked } from "./parts";
import { Room } from "./room";

const LINKS_AFTER = 2_000;

const data = readData<RoomData>("room-data");
forgetOthers(data.holder);
const room = new Room(data);
const lights = new Lights(() => room.film.value?.state.value === "playing" && !room.writing.value);

effect(() => {
  if (room.chat.log.lines.value.length > 0) lights.raise();
});
effect(() => {
  if (room.film.value?.state.value !== "playing") lights.raise(); // the end says so in the light
});
const { prompts } = room.data;
if (prompts) void import("./invite").then(({ startInviting }) => startInviting(room, prompts));
render(<Frame room={room} lights={lights} />, mountPoint("room"));
// Before a message may hold a link: one that is drawn a second time is read out a second time.
setTimeout(Linked.fetch, LINKS_AFTER);
