"""One command under many settings, each in a fork of a process that has loaded everything: JSON in, JSON out."""

import json
import os
import sys
import tempfile


def main() -> None:
    """Read [words, environments] and write [[code, out, err], …]."""
    import warp_hub.serving.tree  # noqa: F401 - loaded once, before the forks

    words, environments = json.load(sys.stdin)
    print(json.dumps([_run(words, each) for each in environments]))


def _run(words: list[str], environment: dict[str, str]) -> tuple[int, str, str]:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            _become(words, environment)
        _, status = os.waitpid(child, 0)
        out.seek(0)
        err.seek(0)
        return os.waitstatus_to_exitcode(status), out.read().decode(), err.read().decode()


def _become(words: list[str], environment: dict[str, str]) -> None:
    from warp_hub.cli import main as command

    os.environ.clear()
    os.environ.update(environment)
    code = 70
    try:
        command(words, prog_name="warp-hub")
    except SystemExit as left:
        code = int(left.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
