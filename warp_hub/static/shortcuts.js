// Single keys for whoever decides over many warnings: off until switched on, and switched off on the same line,
// because speech and screen readers send keys of their own.

const SAVED = "warp-shortcuts";
const CHOICES = { p: "pass_on", l: "keep", s: "same_as", n: "not_for_us" };

function isOn() {
  try {
    return localStorage.getItem(SAVED) === "on";
  } catch {
    return false;
  }
}

function save(on) {
  try {
    localStorage.setItem(SAVED, on ? "on" : "off");
  } catch {
    // Without storage it holds for this page alone.
  }
}

function rows() {
  return [...document.querySelectorAll(".warp-item--chosen")];
}

function move(step) {
  const all = rows();
  const here = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[Math.min(Math.max(here + step, 0), all.length - 1)];
  if (next) {
    next.querySelector("a").focus();
  } else {
    document.querySelector(step > 0 ? "a[data-shortcut='next']" : "a[data-shortcut='previous']")?.click();
  }
}

function choose() {
  const row = rows().find((one) => one.contains(document.activeElement));
  row?.querySelector("input[type='checkbox']").click();
}

function press(value) {
  const button = document.querySelector(`button[name='choice'][value='${value}']`);
  const link = document.querySelector(`a[data-shortcut='${value}']`);
  (button ?? link)?.click();
}

function hear(event) {
  const typing = event.target.closest("input:not([type='checkbox']), textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.altKey || event.metaKey) {
    return;
  }
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "x") choose();
  else if (CHOICES[event.key]) press(CHOICES[event.key]);
  else return;
  event.preventDefault();
}

export function addShortcuts(scope) {
  const place = scope.querySelector('[data-module="warp-shortcuts"]');
  if (!place) {
    return;
  }
  const button = document.createElement("button");
  const keys = document.createElement("p");
  let on = false;
  button.type = "button";
  button.className = "govuk-button govuk-button--secondary";
  keys.className = "govuk-body";
  keys.textContent = place.dataset.keys;
  const turn = (to) => {
    on = to;
    button.setAttribute("aria-pressed", String(on));
    button.textContent = place.dataset.name;
    keys.hidden = !on;
    document[on ? "addEventListener" : "removeEventListener"]("keydown", hear);
  };
  button.addEventListener("click", () => {
    turn(!on);
    save(on);
  });
  place.append(button, keys);
  turn(isOn());
}
