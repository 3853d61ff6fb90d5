"""A MISP feed on the web: its list, and its events by their names."""

from tests.feeds.dialects import Member, encoded
from tests.feeds.documents import manifest
from tests.feeds.servers import Answer, Reply, Request


def misp_feed(members: list[Member]) -> Answer:
    """Return what answers as a feed of these events, wherever it lies."""
    listed = manifest(members)
    events = dict(zip(listed, members, strict=True))

    def answer(request: Request) -> Reply:
        name = request.path.rpartition("/")[2].removesuffix(".json")
        if name == "manifest":
            return Reply(listed)
        return Reply(encoded(events[name])) if name in events else Reply({}, 404)

    return answer
