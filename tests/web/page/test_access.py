"""The page for everybody: keyboard, screen reader, both themes, phones."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("fastapi", reason="the extra [web] is not installed")
pytest.importorskip("playwright", reason="playwright, of the extra [dev], is not installed")

from playwright.sync_api import Browser, Page, expect

from tests.web.page.browser import WIDTHS, Visit, start_live, upload, visiting


def test_tabs_follow_the_keyboard(visit: Visit) -> None:
    page = visit.page
    photo, live = page.get_by_role("tab", name="Photo"), page.get_by_role("tab", name="Live")
    photo.focus()
    page.keyboard.press("ArrowRight")
    expect(live).to_be_focused()
    expect(live).to_have_attribute("aria-selected", "true")
    expect(photo).to_have_attribute("tabindex", "-1")
    expect(page.get_by_role("tabpanel", name="Live")).to_be_visible()
    page.keyboard.press("Home")
    expect(page.get_by_role("tabpanel", name="Photo")).to_be_visible()


NAMELESS = """() => {
  const name = (node) => node.getAttribute('aria-label')
    || document.getElementById(node.getAttribute('aria-labelledby'))?.textContent
    || [...(node.labels ?? [])].map((label) => label.textContent).join(' ')
    || node.textContent || node.title;
  const named = 'a, button, input, select, summary, dialog, aside, nav, [role=application], [role=img]';
  const nameless = [...document.querySelectorAll(named)].filter((node) => !name(node).trim());
  const problems = nameless.map((node) => node.outerHTML);
  for (const image of document.querySelectorAll('img:not([alt])')) problems.push(image.outerHTML);
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  problems.push(...ids.filter((id, row) => ids.indexOf(id) !== row));
  for (const attribute of ['aria-controls', 'aria-labelledby', 'for'])
    for (const node of document.querySelectorAll(`[${attribute}]`))
      if (!document.getElementById(node.getAttribute(attribute))) problems.push(`${attribute}: ${node.outerHTML}`);
  return problems;
}"""


def test_everything_has_a_name_for_screen_readers(visit: Visit, astronaut_path: Path) -> None:
    upload(visit.page, astronaut_path)
    assert visit.page.evaluate(NAMELESS) == []
    assert visit.page.locator("html").get_attribute("lang") == "en"


CONTRASTS = """(pairs) => pairs.map((pair) => pair.map((name) => {
  const probe = document.createElement('i');
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const rgb = getComputedStyle(probe).color.match(/[0-9.]+/g).slice(0, 3).map(Number);
  probe.remove();
  return rgb;
}))"""


def luminance(rgb: list[float]) -> float:
    """Relative luminance as in WCAG 2.2."""
    value = np.array(rgb) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_text_stands_out_in_both_themes(browser: Browser, address: str, colours: str) -> None:
    pairs = [
        *[(text, ground) for text in ("ink", "quiet") for ground in ("page", "card", "raised", "field")],
        ("page", "ink"),
        ("stage-ink", "stage"),
        ("stage-quiet", "stage"),
        ("signal", "card"),
    ]
    with visiting(browser, address, scheme=colours) as visit:
        assert visit.page.locator("html").get_attribute("data-theme") == colours
        for pair, (text, ground) in zip(pairs, visit.page.evaluate(CONTRASTS, pairs), strict=True):
            low, high = sorted([luminance(text), luminance(ground)])
            assert (high + 0.05) / (low + 0.05) >= 4.5, pair


def test_the_theme_can_be_chosen_and_is_remembered(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("button", name="Use dark colours").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Use light colours")).to_be_visible()


def test_the_head_looks_at_the_pointer_unless_people_asked_for_less_motion(browser: Browser, address: str) -> None:
    dot = "#hero-head circle:nth-of-type(31)"  # the tip of the nose

    def nose(page: Page) -> float:
        return float(page.locator(dot).get_attribute("cx") or "nan")

    with visiting(browser, address, motion=True) as visit:
        page = visit.page
        for x, to_the_right in ((1430, True), (5, False)):
            page.mouse.move(x, 400)
            while (nose(page) > 60) != to_the_right or (nose(page) < -60) == to_the_right:
                page.wait_for_timeout(20)
    with visiting(browser, address) as visit:
        before = nose(visit.page)
        visit.page.mouse.move(1430, 400)
        visit.page.wait_for_timeout(100)
        assert nose(visit.page) == before


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_scrolls_sideways(browser: Browser, address: str, width: int, astronaut_path: Path) -> None:
    def fits(page: Page) -> bool:
        return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))

    with visiting(browser, address, width=width) as visit:
        page = visit.page
        assert fits(page)
        upload(page, astronaut_path)
        page.get_by_text("Settings").click()
        assert fits(page)
        page.get_by_role("tab", name="Live").click()
        assert fits(page)
        start_live(page)
        assert fits(page)
