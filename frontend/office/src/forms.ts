/** Forms: sent once, and unsaved text survives a reload until the server has taken it. */
import { say, text } from "./page";

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
type Draft = Record<string, string>;
const PREFIX = "keep:";
const SENT = "sent:";

export function setUpForms(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post" || form.matches("[data-download]")) return;
    if (form.dataset["sent"]) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    guard(form);
  }, true);
  window.addEventListener("pageshow", releaseAll);
  document.addEventListener("htmx:afterRequest", releaseAll);
  document.addEventListener("input", remember);
  document.addEventListener("change", remember);
  document.addEventListener("htmx:load", restoreAll);
  restoreAll();
}

function guard(form: HTMLFormElement): void {
  const key = form.dataset["keep"];
  // The button's own value must still be sent: disable only after the browser has read the form.
  setTimeout(() => {
    form.dataset["sent"] = "1";
    for (const button of buttons(form)) button.disabled = true;
  });
  if (key) sessionStorage.setItem(SENT + key, "1");
}

function buttons(form: HTMLFormElement): HTMLButtonElement[] {
  return [...form.elements].filter(
    (one): one is HTMLButtonElement => one instanceof HTMLButtonElement && one.type === "submit",
  );
}

function releaseAll(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) {
    delete form.dataset["sent"];
    for (const button of buttons(form)) button.disabled = false;
  }
}

function fields(form: HTMLFormElement): Field[] {
  return [...form.elements].filter(
    (one): one is Field =>
      (one instanceof HTMLInputElement && /^(text|search|number|date|tel|email|url|time|datetime-local)$/.test(one.type)) ||
      one instanceof HTMLTextAreaElement ||
      (one instanceof HTMLSelectElement && !one.multiple),
  );
}

function remember(event: Event): void {
  const form = event.target instanceof Element ? event.target.closest<HTMLFormElement>("form[data-keep]") : null;
  if (!form) return;
  const draft: Draft = {};
  for (const field of fields(form)) if (field.name && changed(field)) draft[field.name] = field.value;
  sessionStorage.setItem(PREFIX + (form.dataset["keep"] ?? ""), JSON.stringify(draft));
}

function changed(field: Field): boolean {
  if (field instanceof HTMLSelectElement) {
    return ![...field.options].some((option) => option.selected && option.defaultSelected);
  }
  return field.value !== field.defaultValue;
}

/**
 * A form that came back with errors keeps its draft; one that was taken loses it. One that led to a
 * page without the frame (sign-in after a lapsed session, an error) was not taken.
 */
function restoreAll(): void {
  const interrupted = document.body.matches("[data-interrupts]");
  const refused = document.querySelector("[aria-invalid=true], .tc-error, [data-stale], .tc-msg--error") !== null;
  for (const key of sentKeys()) {
    if (!refused && !interrupted) sessionStorage.removeItem(PREFIX + key);
    sessionStorage.removeItem(SENT + key);
  }
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-keep]:not([data-kept])")) {
    form.dataset["kept"] = "1";
    if (!refused) restore(form);
  }
}

function sentKeys(): string[] {
  return Object.keys(sessionStorage)
    .filter((name) => name.startsWith(SENT))
    .map((name) => name.slice(SENT.length));
}

function restore(form: HTMLFormElement): void {
  const saved = sessionStorage.getItem(PREFIX + (form.dataset["keep"] ?? ""));
  if (!saved) return;
  const draft = JSON.parse(saved) as Draft;
  let restored = false;
  for (const field of fields(form)) {
    const value = draft[field.name];
    if (value === undefined || value === field.value) continue;
    field.value = value;
    restored = true;
  }
  if (!restored) return;
  form.closest("details")?.setAttribute("open", "");
  say(text("kept"));
}
