"""What runs by itself: when (TIMETABLE), what a worker can do (TASKS), who writes which letter (LETTERS)."""

from warp_hub.jobs.letters import LETTERS
from warp_hub.jobs.tasks import TASKS, inside
from warp_hub.jobs.timetable import TIMETABLE

__all__ = ["LETTERS", "TASKS", "TIMETABLE", "inside"]
