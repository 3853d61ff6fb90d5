"""What rooms give to templates: no room's name hides another's."""

from flask import Flask

from tests.portal import portal

__all__ = ["portal"]


def test_no_two_rooms_give_templates_different_things_by_one_name(portal: Flask) -> None:
    """Whatever comes last would win, and the other room's pages would break."""
    given: dict[str, object] = dict(portal.jinja_env.globals)
    hidden = []
    with portal.test_request_context("/"):
        for processor in portal.template_context_processors[None]:
            for name, what in processor().items():
                if name in given and name not in FLASKS and not _are_one(given[name], what):
                    hidden.append(name)
                given[name] = what
    assert hidden == []


FLASKS = ("g", "request", "session")


def _are_one(one: object, other: object) -> bool:
    return one is other or one == other
