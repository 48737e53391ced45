"""Install Debian's Chromium when no Chromium is found; journeys drive it through Playwright."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """Return the path of a Chromium, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def main() -> None:
    """Make sure there is one; ends with a clear line where that is not possible."""
    if find_browser():
        return
    if not shutil.which("apt-get"):
        sys.exit("No Chromium found: install it (the tests open every page in a real browser).")
    prefix = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        subprocess.run([*prefix, "apt-get", "--quiet", *command], check=True, env=environment)


if __name__ == "__main__":
    main()
