"""A worker in a process of its own that says what it runs: URL."""

import sys
import time

from warp_hub.background import worker


def note(id: str) -> None:
    print(f"ran {id}", flush=True)


def slow(id: str) -> None:
    print(f"begun {id}", flush=True)
    time.sleep(1.5)
    print(f"ended {id}", flush=True)


def stuck(id: str) -> None:
    print(f"begun {id}", flush=True)
    time.sleep(60)


if __name__ == "__main__":
    worker.work(sys.argv[1], {"note": note, "slow": slow, "stuck": stuck})
