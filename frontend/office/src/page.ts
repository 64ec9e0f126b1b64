/** Small helpers of the page. */

/** A sentence of the interface, translated by the server (data-text-… of the body). */
export function text(name: string): string {
  return document.body.dataset[`text${name[0]?.toUpperCase()}${name.slice(1)}`] ?? "";
}

/** Says something at the top of the page, also to screen readers. */
export function say(message: string, kind: "info" | "error" = "info"): HTMLElement {
  const box = document.createElement("div");
  box.className = `tc-msg tc-msg--${kind}`;
  const words = document.createElement("span");
  words.textContent = message;
  box.append(words);
  document.getElementById("messages")?.replaceChildren(box);
  return box;
}

/** True while the person writes: single letters are text then. */
export function writing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    !(target instanceof HTMLInputElement && /^(checkbox|radio|button|submit)$/.test(target.type))
  );
}

/** Buttons marked data-print print the page. */
export function setUpPrinting(): void {
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-print]")) window.print();
  });
}

/** A table wider than its place can be moved with the keys too. */
export function setUpScrolling(): void {
  const look = (): void => {
    for (const box of document.querySelectorAll<HTMLElement>(".tc-scroll:not([role])")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  window.addEventListener("resize", look);
  document.addEventListener("htmx:load", look);
  look();
}
