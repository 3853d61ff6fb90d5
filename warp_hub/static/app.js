// Everything works without this file; it only makes some things quicker.
import { initAll } from "./vendor/govuk-frontend.js";
import { addCopyButtons } from "./copy.js";
import { addShortcuts } from "./shortcuts.js";

initAll();
addCopyButtons(document);
addShortcuts(document);
