"""Mangled names become what pprof makes of them, or stay as they are."""

from __future__ import annotations

import pytest

from diagnose.checks.profiles.top import table
from diagnose.sources.profiles.decode import decode
from diagnose.sources.profiles.names import simplified
from tests.sources.profiles.made import Made

HASH = "17h0123456789abcdefE"


@pytest.mark.parametrize(
    ("mangled", "name"),
    [
        ("_Z5indexv", "index"),
        ("_Z3sumIdET_S0_S0_", "sum"),
        ("_ZN4shop7Pricing5totalERKSt6vectorIdSaIdEEj", "shop::Pricing::total"),
        ("_ZNK4shop7PricingC2Ev", "shop::Pricing::Pricing"),
        ("_ZN4shop7PricingD0Ev", "shop::Pricing::~Pricing"),
        ("_ZN4shop12_GLOBAL__N_11fEv", "shop::(anonymous namespace)::f"),
        ("_ZN4shop5totalEi.part.0.cold", "shop::total"),
        ("_ZNSt6thread5_M_idEv", "std::thread::_M_id"),
        ("__ZN4shop5totalEi", "shop::total"),
        (f"_ZN4core3fmt9Formatter12pad_integral{HASH}", "core::fmt::Formatter::pad_integral"),
        (
            f"_ZN50_$LT$shop..Price$u20$as$u20$core..fmt..Display$GT$3fmt{HASH}",
            "<shop::Price as core::fmt::Display>::fmt",
        ),
        (f"_ZN4shop7pricing28_$u7b$$u7b$closure$u7d$$u7d${HASH}.llvm.7", "shop::pricing::{{closure}}"),
        ("_RNvNtNtCs5NsDXlmzMSp_6object5write2pe3pad", "object::write::pe::pad"),
        ("_RNCNvCs5NsDXlmzMSp_4shop5total0", "shop::total::{closure#0}"),
        ("_RNCNvCs5NsDXlmzMSp_4shop5totals_0", "shop::total::{closure#1}"),
    ],
)
def test_names_are_written_as_in_the_program(mangled: str, name: str) -> None:
    assert simplified(mangled) == name
    profile = decode(Made([("samples", "count")]).add([mangled], [1]).bytes(), "x")
    assert [row.name for row in table(profile).functions] == [name]


@pytest.mark.parametrize(
    "mangled",
    [
        "_ZNSt6vectorIdSaIdEE6resizeEm",
        "_Znwm",
        "_Z11AfterColourB5cxx11",
        "_ZN999999shop5totalEi",
        "_ZN4shop5total",
        "_ZN",
        "_Z",
        "_R",
        "_RNvMNtCs5NsD_4shop5priceNtB2_5Price3add",
        "_RNvC999999shop5total",
        "_ZN4shop" + "9" * 5000,
    ],
)
def test_what_is_not_understood_stays(mangled: str) -> None:
    assert simplified(mangled) == mangled
