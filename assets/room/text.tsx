/** Words as they were typed, with addresses that can be pressed; nothing of them is ever markup. */
import { Linked } from "./parts";

/** Every link has one of these: without them the words are all there is. */
const MAY_HOLD_A_LINK = /[.@:]\S/;

/** `bare`: inside a box that is there already. */
export function Text({ text, bare = false }: { text: string; bare?: boolean }) {
  return (
    <p class={`${bare ? "" : "msg-text "}whitespace-pre-wrap`}>
      {MAY_HOLD_A_LINK.test(text) ? <Linked text={text}>{text}</Linked> : text}
    </p>
  );
}
