"""Run on a small disk of its own: fill it, work, make room, work on; print what was found.

``full_disk.py FOLDER``: the folder is the mount point. Only what the disk itself does is looked
at: no writer is replaced.
"""

import io
import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any

from app import cli
from app.accounts.sessions import SessionStore
from app.core.errors import PinganError
from app.core.files import write_atomically
from app.core.verdict import Verdict
from app.review.store import ReviewStore
from app.settings import Settings
from app.web.backend import Backend
from app.web.workspace import UploadFolder
from app.workspace.store import WorkspaceStore
from app.workspace.types import WorkspaceFact
from tests.knowledge.samples import open_small, prepared, report_text

_BLOCK = 2**12
_SHEET = "单位：临溪县云渡镇\n年度：2025\n- 排查矛盾纠纷192件\n- 消防演练11次\n- 反诈宣讲36场\n"


def fill(folder: Path, *, spare: int = 0) -> None:
    """Take every block of the disk, but for ``spare`` bytes."""
    with suppress(OSError), (folder / "ballast").open("ab", buffering=0) as file:
        while True:
            file.write(bytes(_BLOCK))
    size = (folder / "ballast").stat().st_size
    os.truncate(folder / "ballast", max(0, size - spare))


def make_room(folder: Path) -> None:
    """Let the blocks go."""
    (folder / "ballast").unlink()


def told(work: Callable[[], object]) -> str:
    """The sentence with which it failed; empty where it did not."""
    try:
        work()
    except PinganError as error:
        return str(error)
    return ""


def export(folder: Path) -> dict[str, Any]:
    target = folder / "结果.json"
    write_atomically(target, "旧" * 1000)
    fill(folder)
    sentence = told(lambda: write_atomically(target, "新" * 400_000))
    kept = target.read_text()
    names = sorted(p.name for p in folder.iterdir() if p.is_file())
    make_room(folder)
    write_atomically(target, "新" * 1000)
    return {
        "sentence": sentence,
        "kept": kept == "旧" * 1000,
        "litter": [n for n in names if n not in {"结果.json", "ballast", "home"}],
        "again": target.read_text() == "新" * 1000,
    }


def desk(folder: Path) -> dict[str, Any]:
    store = WorkspaceStore(folder / "desk")
    name = store.create("甲", title="第1稿")
    store.set_facts("甲", name, [WorkspaceFact("排查1件")], title="第1稿")
    fill(folder, spare=30 * _BLOCK)  # so that it breaks in the middle, not at the door
    many = [WorkspaceFact(f"排查{n}件" + "文" * 900) for n in range(300)]
    sentence = told(lambda: store.set_facts("甲", name, many, title="第2稿"))
    fill(folder)
    at_the_door = told(lambda: WorkspaceStore(folder / "desk").create("甲"))
    make_room(folder)
    kept = WorkspaceStore(folder / "desk").load("甲", name)
    store.set_facts("甲", name, many, title="第2稿")
    return {
        "sentence": sentence and at_the_door,
        "kept": (kept.title, len(kept.facts)) == ("第1稿", 1),
        "again": len(store.load("甲", name).facts) == 300,
    }


def review(folder: Path) -> dict[str, Any]:
    store = ReviewStore(folder / "review")
    store.judge("unit:甲:2025", "f0", Verdict.WAIVED, reason="先前")
    fill(folder, spare=40 * _BLOCK)
    sentence = ""
    for number in range(1, 2000):  # until no page of the write-ahead log is left
        sentence = told(
            lambda n=number: store.judge(  # type: ignore[misc]
                "unit:甲:2025", f"f{n}", Verdict.WAIVED, reason="理由" * 200
            )
        )
        if sentence:
            break
    make_room(folder)
    given = ReviewStore(folder / "review").judgements("unit:甲:2025")
    store.judge("unit:甲:2025", "后", Verdict.WAIVED, reason="后来")
    return {
        "sentence": sentence,
        "kept": sorted(given) == sorted(f"f{n}" for n in range(number)),
        "again": "后" in store.judgements("unit:甲:2025"),
    }


def ingest(folder: Path) -> dict[str, Any]:
    home = folder / "kb"
    with open_small(home) as store:
        store.add(prepared())
        before = sorted(p.text for p in store.passages())
    fill(folder)
    report = prepared(report_text("青岚市档案馆"), name="b.txt")

    def add() -> None:
        with open_small(home) as store:
            store.add(report)

    sentence = told(add)
    make_room(folder)
    with open_small(home) as store:
        kept = sorted(p.text for p in store.passages())
        store.add(report)
        both = {r.name for r in store.records()}
        vectors = store.vectors
        assert vectors is not None
        is_whole = vectors.count() == len(store.passages())
    return {"sentence": sentence, "kept": kept == before, "again": len(both) == 2 and is_whole}


def reading(folder: Path) -> dict[str, Any]:
    """Opened anew while nothing can be written, everything can be read and checked."""
    home = folder / "reading"
    name = WorkspaceStore(home).create("甲", title="第1稿")
    review = ReviewStore(home / "review")
    review.judge("unit:甲:2025", "f0", Verdict.CONFIRMED)
    secret = SessionStore(home).begin("u-1", 1)
    fill(folder)
    backend = Backend(Settings(home), UploadFolder(folder))
    seen = {
        "desk": backend.desk().store.load("甲", name).title == "第1稿",
        "review": bool(ReviewStore(home / "review").judgements("unit:甲:2025")),
        "logins": SessionStore(home, clock=lambda: time.time() + 60).find(secret) is not None,
        "check": bool(backend.check_text(report_text(), "auto").result.findings is not None),
    }
    sentences = [told(lambda: SessionStore(home).begin("u-2", 1)), told(review.new_batch)]
    make_room(folder)
    return {
        "kept": all(seen.values()) and seen,
        "again": bool(review.new_batch()),
        "sentence": min(sentences),
    }


def command(folder: Path, *args: str) -> tuple[int, str, str]:
    """Run ``pingan`` in this process; exit code, output, complaints."""
    out, err = io.StringIO(), io.StringIO()
    os.environ["PINGAN_HOME"] = str(folder / "home")
    sys.argv = ["pingan", *args]
    code = 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
    return code, out.getvalue(), err.getvalue()


def commands(folder: Path) -> dict[str, Any]:
    sheet, draft = folder / "要点.txt", folder / "稿.txt"
    sheet.write_text(_SHEET, encoding="utf-8")
    draft.write_text(report_text().replace("化解40件", "化解45件"), encoding="utf-8")
    fill(folder)
    checked = command(folder, "check", str(draft), "--format", "json", "-o", str(folder / "r.json"))
    printed = command(folder, "check", str(draft), "--format", "json")
    drafted = command(folder, "draft", str(sheet), "--offline")
    written = command(folder, "draft", str(sheet), "--offline", "-o", str(folder / "d.md"))
    is_whole = not (folder / "r.json").exists() and not (folder / "d.md").exists()
    examined = command(folder, "doctor")
    make_room(folder)
    return {
        "codes": [checked[0], drafted[0], written[0]],
        "sentences": [checked[2], written[2]],
        "printed": bool(json.loads(printed[1])["documents"]),
        "drafted": "192件" in drafted[1],
        "kept": is_whole,
        "doctor": examined[1],
    }


def main() -> None:
    """Print what was found of each work."""
    folder = Path(sys.argv[1])
    works = {"export": export, "desk": desk, "review": review, "ingest": ingest, "reading": reading}
    report = {name: work(folder) for name, work in (works | {"commands": commands}).items()}
    sys.stdout.write(json.dumps(report, ensure_ascii=False))


if __name__ == "__main__":
    main()
