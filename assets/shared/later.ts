/** What the first second does not need: a part that is fetched by itself and then takes its place. */
import { signal } from "@preact/signals";
import { type ComponentChildren, type ComponentType, createElement, type VNode } from "preact";

const AGAIN = 3_000;

/** Asks for a piece of script until it is there: the line may be away for a while. */
export async function untilLoaded<Piece>(load: () => Promise<Piece>, pause = AGAIN): Promise<Piece> {
  for (;;) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

export interface Later<Props> {
  (props: Props & { children?: ComponentChildren }): VNode | ComponentChildren;
  /** Fetch it now, so that it need not be waited for. */
  fetch: () => void;
}

/** A component that is fetched when it is first shown; until then its children stand in its place. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): Later<Props> {
  const found = signal<{ Part: ComponentType<Props> } | null>(null);
  let asked = false;
  const fetch = () => {
    if (asked) return;
    asked = true;
    void untilLoaded(load).then((Part) => {
      found.value = { Part };
    });
  };
  const Component = (props: Props & { children?: ComponentChildren }) => {
    fetch();
    return found.value === null ? props.children : createElement(found.value.Part, props);
  };
  return Object.assign(Component, { fetch });
}
