/** A message's text: lines as typed, addresses clickable and safe, nothing else made of it. */
import { find } from "linkifyjs";
import type { ComponentChildren } from "preact";

/** The text with its web and mail addresses as links that tell the other site nothing. */
export function Words({ text }: { text: string }) {
  const parts: ComponentChildren[] = [];
  let end = 0;
  for (const link of find(text)) {
    if (!/^(https?:|mailto:)/i.test(link.href)) continue;
    parts.push(text.slice(end, link.start));
    parts.push(
      <a class="link" href={link.href} target="_blank" rel="noopener noreferrer nofollow">
        {link.value}
      </a>,
    );
    end = link.end;
  }
  parts.push(text.slice(end));
  return <p class="whitespace-pre-wrap">{parts}</p>;
}
