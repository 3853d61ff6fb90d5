"""The log: on standard error, on single lines, and not the same line again and again."""

import logging
import time

QUIET = {"procrastinate": logging.WARNING, "apscheduler": logging.WARNING, "waitress": logging.WARNING}
QUIET |= {"alembic": logging.WARNING, "psycopg.pool": logging.ERROR, "waitress.queue": logging.ERROR}
REPEAT_SECONDS = 5.0


def log_to_standard_error() -> None:
    """Log what an operator can act on; the libraries speak up only when something is wrong."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    said: dict[str, float] = {}
    for handler in logging.getLogger().handlers:
        handler.addFilter(_on_one_line)
        handler.addFilter(lambda record: _is_news(record, said))
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)


def _on_one_line(record: logging.LogRecord) -> bool:
    """Cut the queue's long stories short: what happened to a job is logged by us, without its content."""
    if record.name.startswith("procrastinate"):
        record.msg, record.args, record.exc_info = " ".join(record.getMessage().split()), (), None
    return True


def _is_news(record: logging.LogRecord, said: dict[str, float]) -> bool:
    """Say whether the log has not heard this just now: while the database is away every reader meets it."""
    line, now = f"{record.name}: {record.getMessage()}", time.monotonic()
    if now - said.get(line, -REPEAT_SECONDS) < REPEAT_SECONDS:
        return False
    if len(said) > 1000:
        said.clear()
    said[line] = now
    return True
