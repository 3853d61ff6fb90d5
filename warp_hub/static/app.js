// Everything works without this file; it only makes some things quicker.
import { initAll } from "./vendor/govuk-frontend.js";
import { addCopyButtons } from "./copy.js";
import { addPasskeyButtons } from "./passkeys.js";
import { addShortcuts } from "./shortcuts.js";
import { warnBeforeTimeOut } from "./time_out.js";

initAll();
addCopyButtons(document);
addShortcuts(document);
addPasskeyButtons(document);
warnBeforeTimeOut(document);
