/** Keys: / search, g + letter to go, j and k along a list, x to tick, Enter to open. */
import { writing } from "./page";

const GO_MS = 1500;
let goUntil = 0;

export function setUpKeyboard(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") closeMenus();
    if (writing(event.target)) return;
    if (act(event)) event.preventDefault();
  });
  document.addEventListener("click", (event) => closeMenus(event.target as Node));
}

function act(event: KeyboardEvent): boolean {
  if (Date.now() < goUntil) {
    goUntil = 0;
    return go(event.key);
  }
  switch (event.key) {
    case "/":
      return focusSearch();
    case "g":
      goUntil = Date.now() + GO_MS;
      return true;
    case "j":
      return step(1);
    case "k":
      return step(-1);
    case "x":
      return tick();
    case "Enter":
      return open(event);
    default:
      return false;
  }
}

function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>("[data-search]");
  field?.focus();
  field?.select();
  return field !== null;
}

function go(key: string): boolean {
  const link = document.querySelector<HTMLAnchorElement>(`.tc-nav a[data-key="${CSS.escape(key)}"]`);
  link?.click();
  return link !== null;
}

function rows(): HTMLTableRowElement[] {
  return [...document.querySelectorAll<HTMLTableRowElement>("[data-list] > tbody > tr")];
}

function here(): HTMLTableRowElement | null {
  return document.querySelector<HTMLTableRowElement>("[data-list] tr[data-here]");
}

function step(by: number): boolean {
  const all = rows();
  const now = here();
  const place = now ? all.indexOf(now) + by : by > 0 ? 0 : all.length - 1;
  const next = all[Math.max(0, Math.min(all.length - 1, place))];
  if (!next) return false;
  now?.removeAttribute("data-here");
  next.setAttribute("data-here", "");
  opener(next)?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function opener(row: HTMLElement): HTMLAnchorElement | null {
  return row.querySelector<HTMLAnchorElement>("a[data-open]") ?? row.querySelector<HTMLAnchorElement>("a[href]");
}

function tick(): boolean {
  const box = here()?.querySelector<HTMLInputElement>("input[type=checkbox]");
  box?.click();
  return Boolean(box);
}

function open(event: KeyboardEvent): boolean {
  if (event.target instanceof Element && event.target.closest("a, button, summary, input")) return false;
  const row = here();
  const link = row && opener(row);
  link?.click();
  return Boolean(link);
}

/** Closes menus that do not hold `inside`. */
function closeMenus(inside?: Node): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.tc-menu[open]")) {
    if (inside && menu.contains(inside)) continue;
    const focused = menu.contains(document.activeElement);
    menu.open = false;
    if (focused && !inside) menu.querySelector("summary")?.focus();
  }
}
