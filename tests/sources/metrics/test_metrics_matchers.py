"""Label matchers as people write them."""

from __future__ import annotations

import pytest

from diagnose.errors import UsageError
from diagnose.sources.metrics.matchers import matchers, selector


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("", ""),
        ("{}", ""),
        ('job="shop"', 'job="shop"'),
        ('{job="shop", instance=~"10\\\\..*",}', 'job="shop",instance=~"10\\\\..*"'),
        ("env!='prod' , code!~`5..`", "env!='prod',code!~`5..`"),
        ('path="/a,b}{"', 'path="/a,b}{"'),
    ],
)
def test_matchers_are_normalised(written: str, normal: str) -> None:
    assert matchers(written) == normal


@pytest.mark.parametrize(
    "written", ["shop", 'job="shop', "job=shop", 'job="a" instance="b"', 'up{job="a"} or vector(1)']
)
def test_what_is_no_list_of_matchers_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(UsageError, match="write them like"):
        matchers(written)


def test_a_selector_of_nothing_selects_everything() -> None:
    assert selector("") == '{__name__=~".+"}'
    assert selector('job="a"', '__name__="up"') == '{job="a",__name__="up"}'


def test_a_selector_that_only_leaves_out_selects_the_rest() -> None:
    assert selector('job!="a"') == '{job!="a",__name__=~".+"}'
    assert selector('job!="a",pod=~"b.*"') == '{job!="a",pod=~"b.*"}'
