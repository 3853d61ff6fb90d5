"""Something for tasks to write on, so that a test sees what ran."""

from dataclasses import dataclass, field


@dataclass
class Board:
    """Notes the ids that a task was given; raises `trouble` where there is some."""

    seen: list[str] = field(default_factory=list)
    trouble: Exception | None = None

    def note(self, id: str) -> None:
        self.seen.append(id)
        if self.trouble is not None:
            raise self.trouble
