/** The office page: everything works without this file except maps and charts; it makes work quicker. */
import "./css/main.css";
import { setUpForms } from "./forms";
import { setUpKeyboard } from "./keyboard";
import { setUpLists } from "./lists";
import { setUpPrinting, setUpScrolling } from "./page";
import { setUpRequests } from "./requests";

setUpLists();
setUpForms();
setUpKeyboard();
setUpRequests();
setUpPrinting();
setUpScrolling();
