// Adds a button that copies the text of a read-only box, and says aloud that it has.

async function copyFrom(box) {
  try {
    await navigator.clipboard.writeText(box.value);
    return true;
  } catch {
    // Without permission, or over plain http: select it, so that one key press copies.
    box.focus();
    box.select();
    return false;
  }
}

function addCopyButton(block) {
  const box = block.querySelector("textarea");
  const button = document.createElement("button");
  const status = document.createElement("span");
  const label = document.createElement("span");
  button.type = "button";
  button.className = "govuk-button govuk-button--secondary warp-copy__button";
  button.textContent = block.dataset.copyButton;
  label.className = "govuk-visually-hidden";
  label.textContent = ` ${block.querySelector("label").textContent}`;
  button.append(label);
  status.className = "warp-copy__status";
  status.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    const done = await copyFrom(box);
    status.textContent = done ? block.dataset.copyDone : block.dataset.copyFailed;
  });
  block.append(button, status);
}

export function addCopyButtons(scope) {
  scope.querySelectorAll('[data-module="warp-copy"]').forEach(addCopyButton);
}
