"""Answers to a playbook's queries are kept apart from the service's own metrics."""

from __future__ import annotations

import numpy as np

from diagnose.signals.measures import measures
from diagnose.signals.series import QUERY_LABEL, MetricType, Series
from diagnose.signals.window import Window

TIMES = np.arange(0.0, 600.0, 15.0)
WINDOW = Window(0.0, 600.0)


def series(*labels: tuple[str, str]) -> Series:
    return Series(
        "process_open_fds", (("job", "shop"), *labels), TIMES, np.linspace(10, 90, TIMES.size), MetricType.GAUGE
    )


def test_an_answer_is_no_measure_of_the_service() -> None:
    own = series()
    alone = [(one.role, one.entity, one.values.tolist()) for one in measures([own], WINDOW)]
    assert alone
    both = measures([own, series((QUERY_LABEL, "sum(process_open_fds)"))], WINDOW)
    assert [(one.role, one.entity, one.values.tolist()) for one in both] == alone
    assert measures([series((QUERY_LABEL, "sum(process_open_fds)"))], WINDOW) == ()
