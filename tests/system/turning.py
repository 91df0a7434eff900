"""Pages that a press leads away from."""

from __future__ import annotations

from playwright.sync_api import Locator


def turn(pressed: Locator) -> None:
    """Press it, and come back when the page that it leads to is there. Whoever only presses may still look at the old one."""
    with pressed.page.expect_navigation():
        pressed.click()
