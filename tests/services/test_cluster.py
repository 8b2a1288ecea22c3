"""Handing drafts to a cluster: the same result as here, whatever happens to its machines."""

import pickle
import sys
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.core.errors import ConfigError
from app.services.checking import Checker, CheckOptions, Failed
from app.services.cluster import client as cluster
from app.services.cluster.address import read_address
from app.services.cluster.worker import _decisive_files, check_orders, code_stamp, pack
from app.services.draft_work import BatchDraft, DraftTask, Order, Worked, work_on
from app.services.sources import find_sources

NOW = datetime(2024, 12, 20, 9, 0)  # noqa: DTZ001
TEXT = "临溪县云渡镇2024年平安建设工作总结\n\n排查矛盾纠纷42件，成功化解{}件。\n"


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("127.0.0.1:8786", "tcp://127.0.0.1:8786"),
        ("tcp://localhost:8786", "tcp://localhost:8786"),
        ("tls://Scheduler.Qinglan:8786", "tls://scheduler.qinglan:8786"),
        (" [::1]:8786 ", "tcp://[::1]:8786"),
        ("10.1.2.3:8786", "tcp://10.1.2.3:8786"),
    ],
)
def test_address_is_read(written: str, url: str) -> None:
    assert read_address(written, ["10.1.2.3"]).url == url


@pytest.mark.parametrize(
    "written",
    ["", "8786", "127.0.0.1", "http://127.0.0.1:8786", "inproc://a:1", "a:b", "[::1", "tcp://:1"],
)
def test_wrong_address_is_told(written: str) -> None:
    with pytest.raises(ConfigError, match="不是集群地址"):
        read_address(written)


def test_drafts_do_not_cross_the_network_unencrypted() -> None:
    with pytest.raises(ConfigError, match="明文") as caught:
        read_address("10.1.2.3:8786", ["10.1.2.4"])
    assert "tls://" in str(caught.value)


def test_missing_extra_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConfigError, match=r"pingan\[cluster\]"):
        list(cluster.work_on_cluster("127.0.0.1:1", _tasks(tmp_path, 1), Checker()))


def test_the_stamp_covers_all_that_decides_what_a_check_finds() -> None:
    files = list(_decisive_files())
    assert all(path.is_file() for path in files)
    rooms = {part for path in files for part in path.parts}
    assert {"core", "language", "report", "evidence", "checking", "formats", "cluster"} <= rooms


def _tasks(folder: Path, count: int) -> list[DraftTask]:
    for number in range(count):
        (folder / f"{number:02}.txt").write_text(TEXT.format(40 + number), encoding="utf-8")
    sources, _ = find_sources([folder])
    return [DraftTask(source, None, has_print=True, now=NOW) for source in sources]


def _versions(**packages: str | None) -> dict[str, Any]:
    known: dict[str, str | None] = {
        "python": "3.11.7.final.0",
        "dask": "2026.1.0",
        "distributed": "2026.1.0",
        "pingan": "0.1.0",
    }
    return {"packages": {**known, **packages}}


class _Client:
    """Stands in for a client: runs every piece here, but for those that are to be killed."""

    def __init__(self, scheduler: dict[str, Any], worker: dict[str, Any]) -> None:
        self.told = {"client": _versions(), "scheduler": scheduler, "workers": {"tcp://w": worker}}
        self.poison = ""
        self.sent: list[int] = []

    def wait_for_workers(self, count: int, timeout: float) -> None:
        if not self.told["workers"]:
            raise TimeoutError

    def get_versions(self, packages: list[str]) -> dict[str, Any]:
        return self.told

    def nthreads(self) -> dict[str, int]:
        return {"tcp://w": 1}

    def submit(self, function: Any, *args: Any, key: str) -> Any:
        if function is not check_orders:
            return args[0]
        orders = args[1]
        self.sent.append(len(orders))

        def result(timeout: float) -> Any:
            from distributed.scheduler import KilledWorker

            if any(order.name.endswith(self.poison) for order in orders if self.poison):
                raise KilledWorker("task", SimpleNamespace(address="tcp://w"), 3)
            return pickle.loads(pickle.dumps(function(*args)))

        return SimpleNamespace(result=result, release=lambda: None)


WHERE = read_address("127.0.0.1:8786")


@pytest.mark.parametrize(
    ("package", "there", "told"),
    [
        ("pingan", None, "没有装"),
        ("pingan", "0.0.9", "0.0.9"),
        ("distributed", "2025.1.0", "2025.1.0"),
        ("python", "3.12.1.final.0", "3.12"),
    ],
)
def test_different_versions_are_refused(package: str, there: str | None, told: str) -> None:
    client = _Client(_versions(), _versions(**{package: there}))
    with pytest.raises(ConfigError, match="版本不同") as caught:
        cluster._require_same_versions(client, WHERE)
    assert package in str(caught.value)
    assert told in str(caught.value)


def test_same_versions_pass() -> None:
    other = _versions(python="3.11.9.final.0")
    cluster._require_same_versions(_Client(other, other), WHERE)


def test_cluster_without_processes_is_told() -> None:
    client = _Client(_versions(), _versions())
    client.told["workers"] = {}
    with pytest.raises(ConfigError, match="没有计算进程"):
        cluster._require_same_versions(client, WHERE)


def test_machine_with_other_rules_refuses_the_work() -> None:
    with pytest.raises(ConfigError, match="与本机不同"):
        check_orders(pack(Checker()), (), "other")


def test_options_travel_whole(tmp_path: Path) -> None:
    profile = tmp_path / "本局.yaml"
    profile.write_text(
        "name: 本局\ntitle: 本局\nparts: []\nrules:\n  NU02: {severity: warning}\n",
        encoding="utf-8",
    )
    previous = tmp_path / "去年.txt"
    previous.write_text(TEXT.format(30).replace("2024", "2023"), encoding="utf-8")
    lexicon = tmp_path / "词表.txt"
    lexicon.write_text("[固定说法]\n三零创建\n", encoding="utf-8")
    options = CheckOptions(str(profile), previous=previous, lexicons=(lexicon,))
    checker = Checker(options)
    package = pack(checker)
    for path in (profile, previous, lexicon):
        path.unlink()
    order = Order("a.txt", TEXT.format(45).encode(), NOW, has_print=True)
    (answer,) = check_orders(package, (order,), code_stamp())
    assert isinstance(answer, Worked)
    assert answer == work_on(order, checker)
    assert answer.checked.result.profile == "本局"
    assert [f.severity for f in answer.checked.result.findings if f.rule == "NU02"] == ["warning"]


def test_draft_that_kills_its_process_is_named_and_its_neighbours_are_not(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    client = _Client(_versions(), _versions())
    client.poison = "03.txt"
    tasks = _tasks(tmp_path, 6)
    outcomes = list(cluster._Run(client, WHERE, Checker()).outcomes(tasks))
    assert [isinstance(outcome, Failed) for outcome in outcomes] == [n == 3 for n in range(6)]
    assert isinstance(outcomes[3], Failed)
    assert "内存" in outcomes[3].message
    assert client.sent == [6, 1, 1, 1, 1, 1, 1]


def test_unreadable_file_keeps_its_place(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    tasks = _tasks(tmp_path, 4)
    tasks[1].source.path.unlink()
    client = _Client(_versions(), _versions())
    outcomes = list(cluster._Run(client, WHERE, Checker()).outcomes(tasks))
    assert [type(outcome) for outcome in outcomes] == [BatchDraft, Failed, BatchDraft, BatchDraft]
