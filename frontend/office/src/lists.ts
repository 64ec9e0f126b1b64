/** Lists: ticks counted for bulk actions, the address copied, selects that send their form. */
import { text } from "./page";

export function setUpLists(): void {
  document.addEventListener("change", (event) => {
    const target = event.target;
    if (!(target instanceof HTMLElement)) return;
    const form = target.closest<HTMLFormElement>("form[data-bulk]");
    if (form && target instanceof HTMLInputElement) ticked(form, target);
    if (target.matches("[data-submit]")) target.closest("form")?.requestSubmit();
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button, a") : null;
    if (button instanceof HTMLElement) pressed(button, event);
  });
  refresh();
  document.addEventListener("htmx:load", refresh);
  window.addEventListener("pageshow", refresh);
}

function pressed(button: HTMLElement, event: Event): void {
  const question = button.dataset["confirm"];
  if (question && !window.confirm(question)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  if (button.matches("[data-copy]")) void copy(button);
  if (button.matches("[data-bulk-clear]")) clear(button.closest("form"));
}

async function copy(button: HTMLElement): Promise<void> {
  const address = location.href;
  try {
    await navigator.clipboard.writeText(address);
  } catch {
    // Plain http offers no clipboard: an old way that every browser still knows.
    const field = document.createElement("textarea");
    field.value = address;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  const before = button.innerHTML;
  button.textContent = text("copied");
  setTimeout(() => (button.innerHTML = before), 1500);
}

function boxes(form: HTMLFormElement): HTMLInputElement[] {
  return [...form.querySelectorAll<HTMLInputElement>("tbody input[type=checkbox]")];
}

function ticked(form: HTMLFormElement, box: HTMLInputElement): void {
  if (box.matches("[data-all]")) for (const other of boxes(form)) other.checked = box.checked;
  count(form);
}

function clear(form: HTMLFormElement | null): void {
  if (!form) return;
  for (const box of boxes(form)) box.checked = false;
  count(form);
}

function refresh(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-bulk]")) count(form);
}

function count(form: HTMLFormElement): void {
  const all = boxes(form);
  const chosen = all.filter((box) => box.checked).length;
  for (const box of all) box.closest("tr")?.setAttribute("aria-selected", String(box.checked));
  for (const place of form.querySelectorAll("[data-bulk-count]")) place.textContent = String(chosen);
  for (const bar of form.querySelectorAll<HTMLElement>(".tc-bulk")) bar.hidden = chosen === 0;
  for (const head of form.querySelectorAll<HTMLInputElement>("[data-all]")) {
    head.checked = chosen > 0 && chosen === all.length;
    head.indeterminate = chosen > 0 && chosen < all.length;
  }
}
