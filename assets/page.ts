/** What every page gets on top of its HTML; without it each page still works. */
import { startDialogs } from "./page/dialogs";
import { startForms } from "./page/forms";
import { startSlots } from "./page/slots";
import { startSwitches } from "./page/switches";
import { startClocks } from "./page/time";
import { startToasts } from "./page/toast";

document.documentElement.dataset.script = "";
startToasts();
startForms();
startDialogs();
startSwitches();
startSlots();
startClocks();
if (document.getElementById("prompts-data")) void import("./page/prompts");
