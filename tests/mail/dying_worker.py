"""A worker that delivers one letter in a process of its own, so that a test can kill it: URL PORT LETTER [pause]."""

import sys
import time
from uuid import UUID

from tests.mail.letters import KIND, Directory
from tests.mail.letters import render as render_note
from warp_hub import config, mail
from warp_hub.sharing import guard
from warp_hub.tlp import Viewer


def main(url: str, port: str, letter_id: str, pause: str = "") -> None:
    config.use(
        config.load_settings(
            secret_key="a secret for the tests alone 0123456789",
            base_url="http://localhost:8000",
            smtp_url=f"smtp://localhost:{port}",
        )
    )

    def render(letter: mail.Letter, viewer: Viewer) -> mail.Rendered | mail.Cancelled:
        if pause == "render":
            print("reached", flush=True)
            time.sleep(60)
        return render_note(letter, viewer)

    guard.connect(url, "work")
    print(mail.deliver(UUID(letter_id), {KIND: render}, Directory().people), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
