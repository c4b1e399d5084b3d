/** Words as they were typed, with addresses that can be pressed; nothing of them is ever markup. */
import { tokenize } from "linkifyjs";

export function Linked({ text }: { text: string }) {
  return (
    <p class="msg-text whitespace-pre-wrap">
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
    </p>
  );
}
