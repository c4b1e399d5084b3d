/** Short news in the corner: for what is good to know, never for what must be read. */

/** Shows the text for six seconds; screen readers hear it. `kind`: plain, done or harm. */
export function toast(text: string, kind: "plain" | "done" | "harm" = "plain"): void {
  const region = document.getElementById("toasts");
  if (!region) return;
  const line = document.createElement("p");
  line.className = `note toast-line ${kind === "plain" ? "" : `note-${kind}`}`;
  line.textContent = text;
  region.append(line);
  setTimeout(() => line.remove(), 6000);
}

/** Answers of the server may carry one: `HX-Trigger: {"toast": {"text": "Saved", "kind": "done"}}`. */
export function startToasts(): void {
  document.addEventListener("toast", (event) => {
    const { text, value, kind } = (event as CustomEvent<{ text?: string; value?: string; kind?: "done" }>)
      .detail;
    toast(text ?? value ?? "", kind);
  });
}
