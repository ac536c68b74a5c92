"""The HTML report in a real browser: offline, small and large, light and dark, by mouse and by keyboard."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FloatRect, Locator, Page, Request, sync_playwright

from diagnose.report import boxes, flamepage, html, postmortem, units
from diagnose.report.view import view
from tests.report import scenes

pytestmark = pytest.mark.browser

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WORDS = (
    "# Luck\n\n- the [dump](https://example.org/1)\n- `kubectl`, ![x](https://example.org/x.png)\n\n| a |\n|:-:|\n| 1 |"
)
SIZES = {"phone": (390, 844), "desktop": (1280, 800)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield found
        found.close()


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    written = {}
    for scene in (scenes.leak, scenes.healthy, scenes.bare, scenes.hostile):
        diagnosis, evidence, measures = scene()
        written[scene.__name__] = folder / f"{scene.__name__}.html"
        shown = view(diagnosis=diagnosis, evidence=evidence, measures=measures)
        written[scene.__name__].write_text(html.render(shown), encoding="utf-8")
        written[f"{scene.__name__}-postmortem"] = folder / f"{scene.__name__}-postmortem.html"
        beside = postmortem.render(shown).replace("_To fill in: what helped_", WORDS)
        page = postmortem.render(shown, template=postmortem.PAGE, beside=beside)
        written[f"{scene.__name__}-postmortem"].write_text(page, encoding="utf-8")
    return written


@dataclass
class Visit:
    """An open report and what went wrong in it."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture
def visit(browser: Browser, reports: dict[str, Path]) -> Iterator:
    contexts = []

    def go(name: str, size: str = "desktop", scheme: str = "light", **options) -> Visit:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, offline=True, **options
        )
        contexts.append(context)
        seen = Visit(context.new_page())
        seen.page.on("console", lambda message: seen.complaints.append(message.text))
        seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        seen.page.on("dialog", lambda dialog: seen.complaints.append(dialog.message))

        def note(request: Request) -> None:
            if not request.url.startswith("file:"):
                seen.requests.append(request.url)

        seen.page.on("request", note)
        seen.page.goto(reports[name].as_uri())
        return seen

    yield go
    for context in contexts:
        context.close()


def place(locator: Locator) -> FloatRect:
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    assert box
    return box


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize("name", ["leak", "healthy", "bare", "hostile", "leak-postmortem", "hostile-postmortem"])
def test_it_opens_without_complaint_request_or_sideways_scrolling(visit, name: str, size: str, scheme: str) -> None:
    seen = visit(name, size, scheme)
    seen.page.locator(":root.js.whole").wait_for()
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert seen.complaints == []
    assert seen.requests == []


@pytest.mark.parametrize("size", list(SIZES))
def test_a_link_to_a_card_leads_to_it_though_what_lies_below_is_laid_out_later(visit, reports, size: str) -> None:
    page = visit("bare", size).page
    page.goto(reports["leak"].as_uri() + "#e3")
    page.locator(":root.whole").wait_for()
    box = page.locator("#e3").bounding_box()
    assert box
    assert 0 <= box["y"] < SIZES[size][1] / 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["leak", "bare", "leak-postmortem"])
def test_axe_finds_nothing_serious(visit, name: str, scheme: str) -> None:
    page = visit(name, "desktop", scheme, bypass_csp=True).page
    page.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")
    page.locator(":root.whole").wait_for()
    found = Axe().run(page).response["violations"]
    grave = [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in ("serious", "critical")]
    assert grave == []


@pytest.mark.parametrize("size", list(SIZES))
def test_the_first_screen_tells_what_a_tired_person_needs(visit, size: str) -> None:
    page = visit("leak", size).page
    for text in (
        "93%",
        "11:10:42",
        "main.notifyAudit.func1",
        "/src/orders/audit.go:143",
        "Save a goroutine dump",
        "Ruled out",
    ):
        box = page.get_by_text(text).first.bounding_box()
        assert box is not None, text
        assert box["y"] + box["height"] <= SIZES[size][1], text


def test_without_script_charts_and_flame_graph_are_there(visit) -> None:
    page = visit("leak", java_script_enabled=False).page
    assert page.locator("#flame .static rect").count() > 3
    assert page.locator("#timeline .plot").count() >= 8
    curve = page.locator("#timeline .row.moved .plot").first.bounding_box()
    assert curve
    assert curve["width"] > 300
    assert not page.locator("#find").is_visible()
    assert not page.locator(".copy").first.is_visible()


def test_the_crosshair_reads_all_rows(visit) -> None:
    page = visit("leak").page
    row = page.locator(".row.moved").first
    page.locator(":root.whole").wait_for()
    before = row.locator(".value").inner_text()
    box = place(row.locator(".draw"))
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 10)
    assert page.locator(".cross").inner_text() == "11:13:52"
    assert row.locator(".value").inner_text().endswith("goroutines")
    assert row.locator(".value").inner_text() != before
    page.mouse.move(5, 5)
    assert row.locator(".value").inner_text() == before


def test_the_time_line_zooms_by_mouse_and_back_by_keyboard(visit) -> None:
    page = visit("leak").page
    plot = page.locator("#timeline .plot").first
    whole = plot.get_attribute("viewBox")
    box = place(page.locator(".row.moved .draw").first)
    page.mouse.move(box["x"] + 100, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 10, steps=4)
    page.mouse.up()
    assert plot.get_attribute("viewBox") != whole
    page.keyboard.press("Escape")
    assert plot.get_attribute("viewBox") == whole


def test_the_time_line_is_read_aloud_by_arrow_keys(visit) -> None:
    page = visit("leak").page
    page.locator("#line").focus()
    page.keyboard.press("ArrowRight")
    assert "Goroutines" in page.locator("#reading").inner_text()
    page.keyboard.press("+")
    assert page.locator("#zoom-out").is_enabled()


def test_the_flame_graph_is_searched_and_zoomed(visit) -> None:
    page = visit("leak").page
    page.locator("#flame").scroll_into_view_if_needed()
    box = place(page.locator("#flame canvas"))
    page.mouse.move(box["x"] + 50, box["y"] + 8)
    assert "main.notifyAudit.func1 1,198, 98%, before 6" in page.locator("#frame").inner_text()
    page.mouse.click(box["x"] + 50, box["y"] + 28)
    assert page.locator("#flame-out").is_enabled()
    page.locator("#flame-out").click()
    assert page.locator("#flame-out").is_disabled()
    page.locator("#find").fill("chanrecv")
    assert page.locator("#frame").inner_text() == "1 call matches, 98% in all"
    page.get_by_role("button", name="Change").click()
    assert page.get_by_role("button", name="Change").get_attribute("aria-pressed") == "true"


def test_the_flame_graph_works_by_keyboard(visit) -> None:
    page = visit("leak").page
    page.locator("#flame").scroll_into_view_if_needed()
    page.locator("#flame canvas").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert "runtime.chanrecv1" in page.locator("#frame").inner_text()
    page.keyboard.press("Enter")
    assert page.locator("#flame-out").is_enabled()
    page.keyboard.press("Escape")
    assert page.locator("#flame-out").is_disabled()


def test_the_theme_can_be_switched(visit) -> None:
    page = visit("leak").page
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.locator("#theme").click()
    assert page.evaluate(paper) != light


def test_script_and_report_write_numbers_alike(visit) -> None:
    page = visit("leak").page
    numbers = (
        0,
        1,
        0.51,
        3.14159,
        99.95,
        100.4,
        1234.6,
        999999,
        1.5e6,
        2.2e9,
        0.00023,
        1e-7,
        -12.6,
        3600,
        86399,
        90000,
    )
    for unit in (
        "",
        "count",
        "bytes",
        "bytes/s",
        "seconds",
        "seconds/s",
        "ratio",
        "goroutines",
        "requests/s",
        "nanoseconds",
    ):
        shown = page.evaluate("([values, unit]) => values.map((value) => quantity(value, unit))", [list(numbers), unit])
        assert shown == [units.quantity(number, unit) for number in numbers], unit


def test_it_prints(visit) -> None:
    page = visit("leak", "desktop", "dark").page
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("#theme").is_visible()
    page.pdf()
    assert page.locator("#flame canvas").is_visible()


def test_a_flame_graph_stands_on_its_own(visit, reports: dict[str, Path]) -> None:
    before, after = scenes.goroutines(6, 0.0, "before.pb.gz"), scenes.goroutines(1198, 240.0, "during.pb.gz")
    reports["flame"] = reports["leak"].with_name("flame.html")
    reports["flame"].write_text(flamepage.render(after, before), encoding="utf-8")
    seen = visit("flame")
    seen.page.locator("#find").fill("chanrecv")
    assert seen.page.locator("#frame").inner_text() == "1 call matches, 98% in all"
    assert seen.complaints == seen.requests == []


def test_what_people_write_into_a_postmortem_is_saved(visit) -> None:
    # GIVEN a postmortem in which somebody writes
    page = visit("leak-postmortem").page
    page.locator('[data-field="luck"]').click()
    page.keyboard.type("It was <b>late</b>.")
    page.keyboard.press("Enter")
    page.keyboard.type("Nobody was in.")
    # WHEN it is saved
    with page.expect_download() as download:
        page.locator("#save").click()
    saved = download.value.path().read_text(encoding="utf-8")
    # THEN the copy is the page as it was made, what the Markdown beside it says too, and their words
    assert download.value.suggested_filename == "leak-postmortem.html"
    words = boxes.written(saved)
    assert words["luck"] == boxes.Words("It was <b>late</b>.\nNobody was in.")
    assert (words["well"].markdown, words["well"].typed) == (WORDS, False)
    assert 'class="cross"' not in saved
