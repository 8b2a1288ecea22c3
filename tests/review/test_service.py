"""Verdicts outlive re-runs and re-submissions, and two reviewers do not harm each other."""

import io
import os
import sqlite3
import stat
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import docx
import pytest

from app.core.errors import InputError, KnowledgeError
from app.core.finding import PartStatus, Severity
from app.core.verdict import Verdict
from app.review.originals import Originals
from app.review.results import result_from_object, result_object, settled
from app.review.service import ReviewService
from app.review.store import ReviewStore, Submission
from app.services.apart import Apart
from app.settings import Settings
from tests.formats.docx.word_files import commented
from tests.services.drafts import draft, own_paragraph, put

BAD = "完善XX工作机制，另有排查42件，化解45件。"


@pytest.fixture
def desk(tmp_path: Path, apart: Apart) -> ReviewService:
    return ReviewService(Settings(tmp_path / "home"), apart)


def taken(desk: ReviewService, folder: Path, *texts: str, batch: str = "") -> str:
    """Hand in texts as files of their own."""
    batch = batch or desk.store.new_batch()
    paths = [put(folder, f"{n}.txt", text) for n, text in enumerate(texts)]
    assert desk.take(batch, paths).count == len(texts)
    return batch


def first(desk: ReviewService, batch: str) -> Submission:
    return desk.open(batch, desk.rows(batch)[0].number)


def mark_of(submission: Submission, rule: str) -> str:
    return next(f.fingerprint for f in submission.result.findings if f.rule == rule)


def test_the_table_tells_unit_year_parts_and_counts(desk: ReviewService, tmp_path: Path) -> None:
    batch = taken(desk, tmp_path / "in", draft(0, BAD), draft(1))
    one, two = desk.rows(batch)
    assert (one.label, one.year, one.path, one.profile) == (
        "临溪县云渡镇人民政府", 2025, "0.txt", "乡镇",
    )  # fmt: skip
    assert one.counts[Severity.ERROR] == two.counts[Severity.ERROR] + 2
    assert PartStatus.MISSING in one.parts.values()
    assert (one.new, one.gone, one.judged) == (None, None, 0)


def test_results_survive_being_written_down(desk: ReviewService, tmp_path: Path) -> None:
    result = first(desk, taken(desk, tmp_path, draft(0, BAD, "帐号泄露"))).result
    assert result_from_object(result_object(result)) == result


def test_verdicts_survive_a_new_run_a_new_desk_and_a_new_submission(
    desk: ReviewService, tmp_path: Path, apart: Apart
) -> None:
    batch = taken(desk, tmp_path / "1", draft(0, BAD))
    opened = first(desk, batch)
    mark = mark_of(opened, "PH01")
    errors = opened.row.counts[Severity.ERROR]
    desk.judge(opened, mark, Verdict.WAIVED, reason="专班名称未定", by="王审")
    for again in (
        taken(desk, tmp_path / "1", draft(0, BAD), batch=batch),
        taken(
            ReviewService(Settings(tmp_path / "home"), apart),
            tmp_path / "2",
            draft(0, BAD, "又一段。"),
        ),
    ):
        opened = first(desk, again)
        standing = opened.judgements[mark]
        assert (standing.verdict, standing.reason, standing.by) == (
            Verdict.WAIVED, "专班名称未定", "王审",
        )  # fmt: skip
        assert opened.row.counts[Severity.ERROR] == errors - 1
        assert opened.row.judged == 1
        reasons = {s.finding.fingerprint: s.reason for s in settled_of(opened).suppressed}
        assert reasons == {mark: "豁免：专班名称未定"}


def settled_of(submission: Submission):  # type: ignore[no-untyped-def]
    return settled(submission.result, submission.judgements)


def test_verdicts_of_one_unit_say_nothing_of_another(desk: ReviewService, tmp_path: Path) -> None:
    batch = taken(desk, tmp_path, draft(0, BAD), draft(1, BAD))
    one, two = (desk.open(batch, r.number) for r in desk.rows(batch))
    assert mark_of(one, "PH01") == mark_of(two, "PH01")
    desk.judge(one, mark_of(one, "PH01"), Verdict.FALSE_ALARM)
    assert [r.judged for r in desk.rows(batch)] == [1, 0]


def test_earlier_verdicts_stay_on_record_and_can_be_taken_back(
    desk: ReviewService, tmp_path: Path
) -> None:
    batch = taken(desk, tmp_path, draft(0, BAD))
    mark = mark_of(first(desk, batch), "PH01")
    for verdict in (Verdict.CONFIRMED, Verdict.FALSE_ALARM, Verdict.OPEN):
        desk.judge(first(desk, batch), mark, verdict)
    row = desk.rows(batch)[0]
    assert row.judged == 0
    with desk.store._db.reading() as db:
        history = db.execute(
            "SELECT verdict FROM verdicts WHERE fingerprint = ? ORDER BY id", (mark,)
        )
        told = [Verdict(row["verdict"]) for row in history]
    assert told == [Verdict.CONFIRMED, Verdict.FALSE_ALARM, Verdict.OPEN]


def test_a_waiver_needs_a_reason(desk: ReviewService, tmp_path: Path) -> None:
    opened = first(desk, taken(desk, tmp_path, draft(0, BAD)))
    with pytest.raises(InputError, match="理由"):
        desk.judge(opened, mark_of(opened, "PH01"), Verdict.WAIVED, reason="  ")


def test_the_slower_of_two_reviewers_is_told(desk: ReviewService, tmp_path: Path) -> None:
    batch = taken(desk, tmp_path, draft(0, BAD))
    mine, theirs = first(desk, batch), first(desk, batch)
    mark = mark_of(mine, "PH01")
    desk.judge(theirs, mark, Verdict.FALSE_ALARM, by="李审")
    with pytest.raises(InputError, match="李审判为“误报”"):
        desk.judge(mine, mark, Verdict.CONFIRMED, by="王审")
    assert first(desk, batch).judgements[mark].verdict is Verdict.FALSE_ALARM


def test_changes_since_the_last_submission(desk: ReviewService, tmp_path: Path) -> None:
    counts = "另有排查42件，化解45件。"
    taken(desk, tmp_path / "1", draft(0, "完善XX工作机制。", counts))
    mended = draft(
        0, "完善四级工作机制。", counts, "共接待来访135人次，其中个访58人次，集访67人次。"
    )
    batch = taken(desk, tmp_path / "2", mended)
    opened = first(desk, batch)
    changes = opened.changes
    assert changes is not None
    assert any(text.startswith("PH01 ") for text in changes.gone)
    by_print = {f.fingerprint: f.rule for f in opened.result.findings}
    assert {by_print[p] for p in changes.new} >= {"NU01"}
    assert "NU02" in {by_print[p] for p in changes.still}
    assert (opened.row.new, opened.row.gone) == (len(changes.new), len(changes.gone))
    again = taken(desk, tmp_path / "3", mended)
    assert first(desk, again).changes == changes


def test_a_file_handed_in_again_takes_the_place_of_the_first(
    desk: ReviewService, tmp_path: Path
) -> None:
    batch = taken(desk, tmp_path, draft(0, BAD))
    taken(desk, tmp_path, draft(0), batch=batch)
    (row,) = desk.rows(batch)
    assert row.gone
    with pytest.raises(InputError, match="不在这一批里"):
        desk.open(batch, row.number - 1)


def test_batches_do_not_see_each_other(desk: ReviewService, tmp_path: Path) -> None:
    one, two = taken(desk, tmp_path, draft(0)), taken(desk, tmp_path, draft(1))
    with pytest.raises(InputError):
        desk.open(two, desk.rows(one)[0].number)
    assert desk.store.has_batch(one)
    assert not desk.store.has_batch(one, "别人")


def test_a_removed_batch_leaves_verdicts_but_no_words(desk: ReviewService, tmp_path: Path) -> None:
    batch = taken(desk, tmp_path / "in", draft(0, BAD))
    opened = first(desk, batch)
    mark = mark_of(opened, "PH01")
    desk.judge(opened, mark, Verdict.CONFIRMED)
    desk.store.remove_batch(batch)
    assert desk.store.collect() == 0, "another's upload may be under way with the same file"
    hours_later = Originals(desk.store.originals.folder, lambda: time.time() + 3700)
    desk.store.originals = hours_later
    assert desk.store.collect() == 1
    assert desk.rows(batch) == ()
    assert not desk.store.has_batch(batch)
    folder = tmp_path / "home" / "review"
    with sqlite3.connect(folder / "review.sqlite3") as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    for path in folder.rglob("*"):
        assert path.is_dir() or "完善XX".encode() not in path.read_bytes()
    assert list((folder / "originals").iterdir()) == []
    again = taken(desk, tmp_path / "in2", draft(0))
    reopened = first(desk, again)
    assert reopened.judgements[mark].verdict is Verdict.CONFIRMED
    assert reopened.changes is not None
    assert "PH01" in reopened.changes.gone


def test_annotated_word_files_leave_out_what_is_settled(
    desk: ReviewService, tmp_path: Path
) -> None:
    document = docx.Document()
    for line in draft(0, BAD).splitlines():
        document.add_paragraph(line)
    document.save(str(tmp_path / "云渡镇.docx"))
    with zipfile.ZipFile(tmp_path / "包.zip", "w") as archive:
        archive.writestr("镇/柏泉镇.txt", draft(1, BAD))
        archive.writestr("坏.docx", b"PK\x03\x04broken")
    batch = desk.store.new_batch()
    steps: list[tuple[int, int]] = []
    done = desk.take(
        batch,
        [tmp_path / "云渡镇.docx", tmp_path / "包.zip"],
        on_step=lambda n, total, _: steps.append((n, total)),
    )
    assert done.count == 2
    assert len(done.failed) == 1
    assert steps[-1] == (3, 3)
    opened = first(desk, batch)
    desk.judge(opened, mark_of(opened, "PH01"), Verdict.FALSE_ALARM)
    packed = desk.word_files(batch)
    assert (packed.count, packed.failed) == (2, ())
    with zipfile.ZipFile(io.BytesIO(packed.data)) as archive:
        assert archive.namelist() == ["批注/云渡镇.docx", "批注/包/镇/柏泉镇.docx"]
        one, two = (commented(archive.read(n)).values() for n in archive.namelist())
    assert "XX" not in one
    assert "XX" in two


def test_the_cohort_of_a_batch(desk: ReviewService, tmp_path: Path) -> None:
    copied = own_paragraph(6)
    batch = taken(desk, tmp_path, draft(0, copied), draft(1), draft(2, copied), draft(3))
    (pair,) = desk.cohort(batch).pairs
    assert (pair.first, pair.second) == (0, 2)
    assert desk.cohort(batch) is desk.cohort(batch)


@pytest.mark.skipif(os.name != "posix", reason="rights are told otherwise there")
def test_only_the_owner_may_read(desk: ReviewService, tmp_path: Path) -> None:
    taken(desk, tmp_path / "in", draft(0))
    folder = tmp_path / "home" / "review"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_many_reviewers_at_once_lose_nothing(desk: ReviewService, tmp_path: Path) -> None:
    batch = taken(desk, tmp_path, draft(0, BAD))
    key = desk.rows(batch)[0].draft

    def judge(number: int) -> None:
        ReviewStore(tmp_path / "home" / "review").judge(key, f"f{number}", Verdict.CONFIRMED)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(judge, range(60)))
    assert len(desk.store.judgements(key)) == 60


def test_two_processes_may_write_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from app.review.store import ReviewStore\n"
        "from app.core.verdict import Verdict\n"
        "store = ReviewStore(Path(sys.argv[1]))\n"
        "for n in range(40): store.judge('k', f'{sys.argv[2]}-{n}', Verdict.CONFIRMED)\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "r"), name])
        for name in ("a", "b")
    ]
    assert [p.wait(60) for p in running] == [0, 0]
    assert len(ReviewStore(tmp_path / "r").judgements("k")) == 80


def test_a_damaged_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "review").mkdir()
    (tmp_path / "review" / "review.sqlite3").write_bytes(b"no database at all" * 100)
    with pytest.raises(KnowledgeError, match=r"已损坏.*doctor --data"):
        ReviewStore(tmp_path / "review")
