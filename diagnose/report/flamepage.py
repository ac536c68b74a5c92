"""The flame graph of one profile, or of two, as a page of its own."""

from __future__ import annotations

from diagnose.report import flamegraph, svg
from diagnose.report.hot import hottest
from diagnose.report.html import flame_data
from diagnose.report.page import page
from diagnose.report.templates import fill
from diagnose.signals.profile import Profile

STYLES = ("colour.css", "page.css", "profile.css", "print.css")
SCRIPTS = ("format.js", "page.js", "flame.js", "start.js")


def render(profile: Profile, base: Profile | None = None) -> str:
    """One HTML document that works offline: the values of the profile's default type, compared with `base` if given."""
    flame = flamegraph.draw(profile, base, hottest=hottest(profile, base))
    data = {"flame": flame_data(flame)}
    return fill("flame.html.j2", flame=flame, page=page(STYLES, SCRIPTS), data=data, svg=svg)
