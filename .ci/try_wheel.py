"""Start an installed wheel outside any checkout: build the demonstration, serve it, read a page, stop it."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

program = sys.argv[1]
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
with tempfile.TemporaryDirectory(prefix="warp-wheel-", dir="/tmp") as folder:
    os.chmod(folder, 0o755)
    environment = {**os.environ, "WARP_HUB_DATA_DIR": f"{folder}/data"}
    began = time.monotonic()
    running = subprocess.Popen([program, "demo", "--port", str(port)], env=environment)
    try:
        while True:
            if running.poll() is not None:
                sys.exit(f"the demonstration stopped with {running.returncode}")
            try:
                page = urllib.request.urlopen(f"http://localhost:{port}/warps/midshire", timeout=5).read().decode()
                break
            except OSError:
                if time.monotonic() - began > 300:
                    sys.exit("no page after five minutes")
                time.sleep(0.5)
        assert "Midshire WARP" in page, "the page is not the WARP's"
        assert urllib.request.urlopen(f"http://localhost:{port}/readyz", timeout=5).read() == b"ready\n"
        print(f"the wheel served its first page after {time.monotonic() - began:.0f} s")
    finally:
        running.send_signal(signal.SIGTERM)
        stopped = running.wait(30)
    assert stopped == 0, f"the demonstration ended with {stopped}"
