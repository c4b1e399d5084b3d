/** Everything that only a replay needs, in one piece: the film on one's own clock, its player, what is said in it. */
export { Controls } from "./player";
export { Replay } from "./replay";
export { Transcript } from "./transcript";
