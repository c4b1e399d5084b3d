/** The links in what was typed; linkifyjs knows every ending of an address and is as large as half the room. */
import { tokenize } from "linkifyjs";

export function Linked({ text }: { text: string }) {
  return (
    <>
      {tokenize(text).map((token, place) => {
        const words = token.toString();
        const safe = token.isLink && (token.t === "url" || token.t === "email");
        if (!safe) return words;
        return (
          <a
            key={place}
            class="link"
            href={token.toHref("https")}
            target="_blank"
            rel="noopener noreferrer nofollow"
          >
            {words}
          </a>
        );
      })}
    </>
  );
}
