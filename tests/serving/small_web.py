"""A web server in a process of its own, with a slow page: PORT."""

import sys
import time

from flask import Flask

from warp_hub.config import load_settings
from warp_hub.serving.answering import answer
from warp_hub.serving.listening import listen

app = Flask("small", template_folder=None)


@app.get("/")
def fast() -> str:
    return "fast"


@app.get("/slow")
def slow() -> str:
    print("begun", flush=True)
    time.sleep(1.5)
    return "s" * 3_000_000


@app.get("/stuck")
def stuck() -> str:
    print("begun", flush=True)
    time.sleep(60)
    return "never"


if __name__ == "__main__":
    settings = load_settings(port=int(sys.argv[1]), secret_key="a secret for the tests alone 0123456789", threads=2)
    with listen(settings) as listener:
        print("listening", flush=True)
        answer(app, listener, settings)
