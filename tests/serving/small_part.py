"""A clock or a worker in a process of its own, with a timetable that is over in seconds: PART URL FOLDER."""

import sys
from datetime import datetime, timedelta
from uuid import uuid4

from tests.mail.letters import KIND, LETTERS, Directory
from warp_hub import background, clock, config, db, mail
from warp_hub.background import Job, worker
from warp_hub.mail import outbox
from warp_hub.serving.opening import load_models
from warp_hub.serving.ticking import keep_time
from warp_hub.sharing import guard


def every_second(now: datetime) -> str:
    return now.strftime("%H:%M:%S")


def post() -> str:
    mail.post(KIND, uuid4(), expires_at=clock.now() + timedelta(days=1))
    return "posted"


TIMETABLE = (Job("post", every_second, post), Job("letters", every_second, mail.start_due))


def deliver(letter_id: str) -> None:
    from uuid import UUID

    try:
        mail.deliver(UUID(letter_id), LETTERS, Directory().people)
    finally:
        db.leave()


def timetable(job: str, period: str) -> None:
    try:
        background.perform(TIMETABLE, job, period)
    finally:
        db.leave()


def main(part: str, url: str, folder: str) -> None:
    config.use(
        config.load_settings(
            secret_key="a secret for the tests alone 0123456789",
            base_url="http://localhost:8000",
            mail_folder=folder,
        )
    )
    load_models()
    guard.connect(url, "work")
    if part == "clock":
        keep_time(TIMETABLE, at_second="*")
    else:
        worker.work(url, {outbox.TASK: deliver, background.TASK: timetable})


if __name__ == "__main__":
    main(*sys.argv[1:])
