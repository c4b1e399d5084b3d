/** The links in what was typed; linkifyjs knows every ending of an address and is as large as half the room. */
import { tokenize } from "linkifyjs";

export function Linked({ text }: { text: string }) {
  return (
    <>
      {tokenize(text).map((token, place) => {
        const words = token.toString();
        const href = token.isLink ? token.toHref("https") : "";
        if (!/^(https?|mailto):/i.test(href)) return words;
        return (
          <a key={place} class="link" href={href} target="_blank" rel="noopener noreferrer nofollow">
            {words}
          </a>
        );
      })}
    </>
  );
}
