/** htmx: fragments of the page. 409 and 422 carry a page to show; other errors keep what is there. */
import htmx from "htmx.org";
import { say, text } from "./page";

export function setUpRequests(): void {
  htmx.config.responseHandling = [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "409|422", swap: true, error: false },
    { code: "[45]..", swap: false, error: true },
  ];
  htmx.config.includeIndicatorStyles = false;
  htmx.config.allowEval = false;
  htmx.config.historyCacheSize = 0;
  htmx.config.refreshOnHistoryMiss = true;
  htmx.config.selfRequestsOnly = true;
  document.addEventListener("htmx:responseError", () => say(text("failed"), "error"));
  document.addEventListener("htmx:sendError", () => say(text("offline"), "error"));
}
