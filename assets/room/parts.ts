/** The parts of the room that come after its first second, each fetched when it is first wanted. */
import { later } from "../shared/later";

export const Controls = later(() => import("./own-clock").then((part) => part.Controls));
export const Transcript = later(() => import("./own-clock").then((part) => part.Transcript));
export const Shelf = later(() => import("./shelf").then((part) => part.Shelf));
export const Helped = later(() => import("./helped").then((part) => part.Helped));
export const Other = later(() => import("./other").then((part) => part.Other));
export const Linked = later(() => import("./linked").then((part) => part.Linked));
