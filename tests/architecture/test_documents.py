"""What the documents say of the program is true of it."""

import re
from pathlib import Path

from portal.config import PROJECT_ROOT

PERIODIC = re.compile(r'@job\(\s*"(\w+)", cron=')


def test_operations_lists_every_job_that_the_worker_does_by_itself():
    sources = [path.read_text(encoding="utf-8") for path in (PROJECT_ROOT / "portal").rglob("*.py")]
    periodic = {name for source in sources for name in PERIODIC.findall(source)}
    operations = Path(PROJECT_ROOT, "docs/operations.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", operations, flags=re.MULTILINE))
    named = {name for row in listed for name in re.findall(r"\w+", row)}
    assert len(periodic) > 10
    assert periodic <= named, f"missing in docs/operations.md: {sorted(periodic - named)}"
