/** What is being typed: kept over a reload, and over a change of the way of talking. */
import { useEffect, useState } from "preact/hooks";
import { withEmoji } from "../shared/shortcode";
import type { Room } from "./room";

/** Code points, as the server counts. */
export const LONGEST = 4000;
const NEAR = 200;

export function lengthOf(text: string): number {
  return [...text].length;
}

/** How many characters are left; null while there are plenty. */
export function left(text: string): number | null {
  const rest = LONGEST - lengthOf(text);
  return rest <= NEAR ? rest : null;
}

export interface Draft {
  text: string;
  write: (text: string) => void;
  /** Hands the text to the outbox, where it stays until the server has it; false: there is nothing to send. */
  send: () => boolean;
}

export function useDraft(room: Room): Draft {
  const key = `draft:${room.chat.conversation}`;
  const [text, setText] = useState(() => recallDraft(key));
  useEffect(() => {
    room.writing.value = text.trim() !== "";
  }, [room, text]);
  const write = (next: string) => {
    setText(next);
    keepDraft(key, next);
  };
  const send = () => {
    const words = withEmoji(text.trim());
    const { attach } = room.chat;
    const files = attach.files.value.some((file) => file.state === "here");
    if ((words === "" && !files) || lengthOf(words) > LONGEST) return false;
    room.chat.post(words, files ? { files: attach.take() } : {});
    write("");
    return true;
  };
  return { text, write, send };
}

function recallDraft(key: string): string {
  try {
    return sessionStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function keepDraft(key: string, text: string): void {
  try {
    if (text) sessionStorage.setItem(key, text);
    else sessionStorage.removeItem(key);
  } catch {
    // Nothing is kept over a reload then.
  }
}
