"""One child of the process tree: `python -m warp_hub.serving web|work|clock [number of the socket]`."""

import socket
import sys

from warp_hub import config
from warp_hub.config import ConfigurationError
from warp_hub.serving import failures, tree
from warp_hub.serving.logs import log_to_standard_error
from warp_hub.serving.signals import stop_with_parent
from warp_hub.serving.supervising import CANNOT_START


def main(part: str, socket_number: str = "") -> int:
    """Run one part until a signal, or until the parent is gone; return the exit code."""
    log_to_standard_error()
    stop_with_parent()
    try:
        settings = config.use(config.load_settings())
        match part:
            case "web":
                tree.run_web(settings, socket.socket(fileno=int(socket_number)))
            case "work":
                tree.run_work(settings)
            case "clock":
                tree.run_clock(settings)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        line = failures.clear_line(error)
        if line is None:
            raise
        print(f"warp-hub {part}: {line}", file=sys.stderr)
        return CANNOT_START if isinstance(error, ConfigurationError) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
