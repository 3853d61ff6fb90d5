// Says before a session ends, and keeps it going when asked: a picture is fetched, which counts as using the hub.

const MINUTE = 60000;
const WARN_BEFORE = 5 * MINUTE;
const LOOK_EVERY = 5000;

function watch(dialog) {
  const idle = Number(dialog.dataset.idleMinutes) * MINUTE;
  const ends = Date.parse(dialog.dataset.ends);
  const others = "BroadcastChannel" in window ? new BroadcastChannel("warp-hub-seen") : null;
  const status = dialog.querySelector('[role="status"]');
  let seen = Date.now();
  let put_off = 0;

  function note() {
    seen = Date.now();
    if (dialog.open) dialog.close();
  }

  function over() {
    status.textContent = dialog.dataset.over;
    dialog.querySelector("[data-stay-button]").hidden = true;
  }

  function stay() {
    const picture = new Image();
    picture.addEventListener("load", () => {
      note();
      others?.postMessage("seen");
    });
    picture.addEventListener("error", over);
    picture.src = `${dialog.dataset.stay}?at=${Date.now()}`;
  }

  function look() {
    const now = Date.now();
    const end = Math.min(seen + idle, ends);
    const is_last = end === ends;
    if (dialog.open && now > end) over();
    if (now < end - WARN_BEFORE || dialog.open || put_off === end) return;
    dialog.querySelector("[data-idle]").hidden = is_last;
    dialog.querySelector("[data-last]").hidden = !is_last;
    dialog.querySelector("[data-stay-button]").hidden = is_last;
    if (now > end) over();
    else status.textContent = "";
    dialog.showModal();
  }

  dialog.querySelector("[data-stay-button]").addEventListener("click", stay);
  dialog.addEventListener("close", () => {
    put_off = Math.min(seen + idle, ends);
  });
  if (others) {
    others.addEventListener("message", note);
    others.postMessage("seen");
  }
  setInterval(look, LOOK_EVERY);
}

export function warnBeforeTimeOut(scope) {
  scope.querySelectorAll('dialog[data-module="warp-time-out"]').forEach(watch);
}
