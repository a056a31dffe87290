"""Chromium for the tests: found on the machine, never downloaded, and kept off the network."""

import contextlib
import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Route, ViewportSize, sync_playwright

LOCAL_HOSTS = ("127.0.0.1", "localhost")
WIDE: ViewportSize = {"width": 1300, "height": 1000}


def launch_arguments() -> list[str]:
    """Return Chromium's arguments: no services of its own, and no name resolved but loopback's."""
    arguments = [
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
        "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium's sandbox refuses to run as root
    return arguments


@contextlib.contextmanager
def running_browser(executable: str) -> Iterator[Browser]:
    """Start a headless Chromium and end it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=launch_arguments(), headless=True
        )
        try:
            yield browser
        finally:
            browser.close()


def is_local(url: str) -> bool:
    """Return whether an address stays on this machine (data: and blob: have no host at all)."""
    parts = urlsplit(url)
    if parts.scheme in {"data", "blob", "about"}:
        return True
    return parts.hostname in LOCAL_HOSTS


def offline_context(
    browser: Browser, viewport: ViewportSize = WIDE
) -> tuple[BrowserContext, list[str]]:
    """Return a fresh profile that reaches loopback only, and the list of what it was refused."""
    context = browser.new_context(viewport=viewport, service_workers="block")
    refused: list[str] = []

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        route.abort()

    # Requests to loopback are not routed at all: the detour would slow every one of them.
    context.route(lambda url: not is_local(url), refuse)
    context.on(
        "page",
        lambda page: page.on(
            "websocket",
            lambda socket: None if is_local(socket.url) else refused.append(socket.url),
        ),
    )
    return context, refused
