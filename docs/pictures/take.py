"""Take the screenshots of this folder again: the main pages of the demonstration at two widths.

Run by `./dev pictures`, which has set up the demonstration's database.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent
WIDTHS = (1280, 320)
TALLEST = 2400
CHROMIUM = ["--disable-background-networking", "--disable-component-update", "--disable-gpu", "--disable-quic",
            "--disable-sync", "--no-first-run"]  # fmt: skip
PASSWORD = "buy-together-share-exactly"


def serve(port: int) -> subprocess.Popen[bytes]:
    """The demonstration on a free port of this machine alone."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "wsgi:app"], cwd=ROOT, env={**os.environ, "PORT": str(port)}
    )
    for _ in range(300):
        try:
            urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)
        except (URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return process
    raise TimeoutError("the demonstration did not start")


def first_link(page: Page, text: str) -> str:
    """The address behind the first link whose words begin with `text`."""
    return str(page.locator(f"main a:has-text('{text}')").first.get_attribute("href"))


def main_pages(page: Page, base: str) -> dict[str, str]:
    """The ten main pages by the name of their picture."""
    page.goto(f"{base}/")
    consortium = first_link(page, "Washrooms for five northern councils")
    pages = {
        "home": "/",
        "shared-suppliers": "/spending/suppliers",
        "consortium": consortium,
        "needs": f"{consortium}/needs",
        "budget": f"{consortium}/budget",
        "workspace": f"{consortium}/workspace/",
    }
    page.goto(base + pages["workspace"])
    pages["item"] = first_link(page, "Annual reduction in waste to landfill")
    page.goto(base + consortium)
    pages["contract"] = first_link(page, "Contract")
    pages["ledger"] = first_link(page, "Outcomes")
    page.goto(base + pages["ledger"])
    pages["split"] = str(page.locator("main a[href*='/splits/']").first.get_attribute("href"))
    pages["statement"] = str(page.locator("main a[href*='/statements/']").first.get_attribute("href"))
    return pages


def sign_in(page: Page, base: str) -> None:
    """Sign in as the lead authority's buyer."""
    page.goto(f"{base}/sign-in")
    page.locator("input[name=email]").fill("buyer@newcastle.example")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").last.click()
    page.wait_for_url(f"{base}/")


def main() -> None:
    """Take every picture."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    base, server = f"http://127.0.0.1:{port}", serve(port)
    try:
        with sync_playwright() as playwright:
            program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM)
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            sign_in(page, base)
            for name, address in main_pages(page, base).items():
                page.goto(base + address)
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": 900})
                    height = min(TALLEST, int(page.evaluate("document.documentElement.scrollHeight")))
                    clip = {"x": 0, "y": 0, "width": width, "height": height}
                    page.screenshot(path=FOLDER / f"{name}-{width}.png", full_page=True, clip=clip)
                    print(f"{name}-{width}.png")
            browser.close()
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


if __name__ == "__main__":
    main()
