// Passkeys: shows the button where the browser has them, asks it, and sends what it answers by an ordinary form.

// A request is good for five minutes; an older one is asked for anew by sending an empty answer.
const GOOD_FOR = 270000;

function toBytes(text) {
  const letters = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

function toText(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function readRequest(block) {
  const asked = JSON.parse(block.dataset.request);
  asked.challenge = toBytes(asked.challenge);
  if (asked.user) asked.user.id = toBytes(asked.user.id);
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    asked[list] = (asked[list] || []).map((known) => ({ ...known, id: toBytes(known.id) }));
  }
  return asked;
}

function toAnswer(made) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[part]) response[part] = toText(made.response[part]);
  }
  return JSON.stringify({ id: made.id, rawId: toText(made.rawId), type: made.type, response });
}

function formOf(block) {
  return block.dataset.kind === "create" ? block.closest("form") : document.getElementById("passkey-form");
}

function send(block, answer) {
  const form = formOf(block);
  const address = document.querySelector('input[name="email"]');
  form.elements.passkey_code.value = answer;
  if (address && form.elements.typed_address) form.elements.typed_address.value = address.value;
  form.submit();
}

async function ask(block, status) {
  status.textContent = block.dataset.waiting;
  try {
    const publicKey = readRequest(block);
    const made =
      block.dataset.kind === "create"
        ? await navigator.credentials.create({ publicKey })
        : await navigator.credentials.get({ publicKey });
    send(block, toAnswer(made));
  } catch (error) {
    status.textContent = error.name === "InvalidStateError" ? block.dataset.known : block.dataset.failed;
  }
}

function addPasskeyButton(block) {
  const button = block.querySelector("button");
  const status = block.querySelector('[role="status"]');
  const other = block.closest("form")?.querySelector('button[type="submit"]');
  block.hidden = false;
  if (other) other.classList.add("govuk-button--secondary");
  button.addEventListener("click", () => {
    if (performance.now() > GOOD_FOR) send(block, "");
    else ask(block, status);
  });
}

export function addPasskeyButtons(scope) {
  if (!window.PublicKeyCredential) return;
  scope.querySelectorAll('[data-module="warp-passkey"]').forEach(addPasskeyButton);
}
