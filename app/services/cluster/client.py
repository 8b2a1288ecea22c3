"""Check many drafts on the machines of a Dask cluster.

The drafts travel as bytes, a few at a time; results come back in the order of the drafts. A task
whose machine goes away is done again elsewhere by the scheduler, and counted once, since only this
process gathers results. A draft that kills every process it meets is named, not its neighbours.
"""

import logging
import pickle
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any
from uuid import uuid4

from app.core.errors import ConfigError, PinganError
from app.services.checking import Checker, Failed
from app.services.cluster.address import ClusterAddress, read_address
from app.services.cluster.worker import check_orders, code_stamp, pack, same
from app.services.draft_work import BatchDraft, DraftTask, Order, Worked
from app.services.sources import Opener

_MOST_DRAFTS = 8
_MOST_BYTES = 2 * 2**20
_AHEAD = 3  # pieces under way for each thread of the cluster
_MOST_AHEAD_BYTES = 200 * 2**20
_CONNECT_S = 10.0
_POLL_S = 2.0
_WITHOUT_WORKERS_S = 60.0

_Answer = Worked | Failed
_INSTALL = "pip install 'pingan[cluster]'"


@dataclass(frozen=True, slots=True)
class _Piece:
    """A few drafts that go to the cluster together; unreadable ones already have their answer."""

    tasks: tuple[DraftTask, ...]
    orders: tuple[Order, ...]
    future: Any

    @property
    def size(self) -> int:
        return sum(len(order.data) for order in self.orders)


def work_on_cluster(
    address: str, tasks: Sequence[DraftTask], checker: Checker, trusted_hosts: Sequence[str] = ()
) -> Iterator[BatchDraft | Failed]:
    """The outcome of every task, in order.

    Raises:
        ConfigError: the extra is missing, the address is wrong or unsafe, the scheduler does not
            answer, no process works there, or its version differs.
    """
    where = read_address(address, trusted_hosts)
    with _connected(where) as client:
        _require_same_versions(client, where)
        yield from _Run(client, where, checker).outcomes(tasks)


@contextmanager
def _connected(where: ClusterAddress) -> Iterator[Any]:
    try:
        import dask  # noqa: PLC0415  # an extra
        from distributed import Client, Security  # noqa: PLC0415
    except ImportError as error:
        raise ConfigError(f"用 --cluster 要先装多机组件：{_INSTALL}（见部署说明）。") from error
    for name in ("distributed", "asyncio", "tornado", *logging.root.manager.loggerDict):
        if name.partition(".")[0] in {"distributed", "asyncio", "tornado"}:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # one sentence tells it all
    settings = {"distributed.admin.large-graph-warning-threshold": "1 GiB"}
    with dask.config.set(settings), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # versions are compared below, in words
        try:
            if where.is_encrypted and not Security().get_connection_args("client")["ssl_context"]:
                raise ValueError("no certificates are configured")
            client = Client(where.url, timeout=_CONNECT_S, set_as_default=False, name="pingan")
        except (OSError, TypeError, ValueError, RuntimeError, ImportError) as error:
            raise _unreachable(where, error) from error
        try:
            yield client
        finally:
            client.close(timeout=_CONNECT_S)


def _unreachable(where: ClusterAddress, error: Exception) -> ConfigError:
    if where.is_encrypted and not isinstance(error, TimeoutError):
        return ConfigError(
            f"连不上集群 {where.url}：加密连接没有建立，请检查证书设置"
            "（DASK_DISTRIBUTED__COMM__TLS__CA_FILE 等，见部署说明）和对方是否也用 tls。"
        )
    return ConfigError(
        f"连不上集群 {where.url}（等了 {_CONNECT_S:.0f} 秒）：请确认调度程序已启动、"
        "地址和端口没有写错、防火墙放行；也可去掉 --cluster，在本机核查。"
    )


def _require_same_versions(client: Any, where: ClusterAddress) -> None:
    """Refuse a cluster that would read or pickle otherwise than this machine."""
    try:
        client.wait_for_workers(1, timeout=_CONNECT_S)
    except TimeoutError as error:
        raise ConfigError(
            f"集群 {where.url} 里没有计算进程，请先启动 dask worker 再试。"
        ) from error
    try:
        told = client.get_versions(packages=["pingan"])
    except (OSError, TimeoutError) as error:
        raise _lost(where) from error
    own = told["client"]["packages"]
    others = {"调度程序": told["scheduler"], **told["workers"]}
    for name, versions in others.items():
        packages = (versions or {}).get("packages") or {}
        for package in ("python", "dask", "distributed", "pingan"):
            here, there = _version(own.get(package)), _version(packages.get(package))
            if here == there:
                continue
            theirs = f"是 {there}" if there else "没有装"
            raise ConfigError(
                f"集群与本机的版本不同：{package} 本机是 {here}，{name}{theirs}；"
                "请在每台机器上装同一版本后重启集群。"
            )


def _version(told: str | None) -> str:
    """A version as compared; of Python's own only the first two numbers matter."""
    parts = (told or "").split(".")
    is_python = len(parts) > 3 and parts[3] in {"alpha", "beta", "candidate", "final"}
    return ".".join(parts[:2]) if is_python else told or ""


def _lost(where: ClusterAddress) -> ConfigError:
    return ConfigError(
        f"核查中途与集群 {where.url} 断了联系，这次没有结果；请检查调度程序后重新运行，"
        "或去掉 --cluster，在本机核查。"
    )


class _Run:
    """One batch on a cluster."""

    def __init__(self, client: Any, where: ClusterAddress, checker: Checker) -> None:
        self._client = client
        self._where = where
        self._name = f"pingan-{uuid4().hex}"
        self._count = 0
        self._stamp = code_stamp()
        self._package = client.submit(same, pack(checker), key=f"{self._name}-options")

    def outcomes(self, tasks: Sequence[DraftTask]) -> Iterator[BatchDraft | Failed]:
        """Keep a bounded number of pieces under way; tell them in order."""
        ahead = max(2, _AHEAD * sum(self._threads().values()))
        under_way: deque[_Piece | Failed] = deque()
        held = 0
        for piece in self._pieces(tasks):
            under_way.append(piece)
            held += piece.size if isinstance(piece, _Piece) else 0
            while under_way and (len(under_way) > ahead or held > _MOST_AHEAD_BYTES):
                first = under_way.popleft()
                held -= first.size if isinstance(first, _Piece) else 0
                yield from self._finish(first)
        while under_way:
            yield from self._finish(under_way.popleft())

    def _pieces(self, tasks: Sequence[DraftTask]) -> Iterator["_Piece | Failed"]:
        opener = Opener()
        waiting: list[tuple[DraftTask, Order]] = []
        try:
            for task in tasks:
                try:
                    order = task.order(opener)
                except PinganError as error:
                    if waiting:
                        yield self._send(waiting)
                        waiting = []
                    yield Failed(task.source.name, str(error))
                    continue
                size = sum(len(o.data) for _, o in waiting) + len(order.data)
                if waiting and (size > _MOST_BYTES or len(waiting) >= _MOST_DRAFTS):
                    yield self._send(waiting)
                    waiting = []
                waiting.append((task, order))
            if waiting:
                yield self._send(waiting)
        finally:
            opener.close()

    def _send(self, pairs: Sequence[tuple[DraftTask, Order]]) -> _Piece:
        tasks, orders = zip(*pairs, strict=True)
        return _Piece(tasks, orders, self._submit(orders))

    def _submit(self, orders: Sequence[Order]) -> Any:
        self._count += 1
        key = f"{self._name}-{self._count}"
        try:
            return self._client.submit(
                check_orders, self._package, tuple(orders), self._stamp, key=key
            )
        except (OSError, RuntimeError) as error:
            raise _lost(self._where) from error

    def _finish(self, piece: _Piece | Failed) -> Iterator[BatchDraft | Failed]:
        if isinstance(piece, Failed):
            yield piece
            return
        answers = self._answers(piece.future)
        if answers is None:
            answers = [self._alone(order, len(piece.orders)) for order in piece.orders]
        for task, answer in zip(piece.tasks, answers, strict=True):
            yield task.finish(answer)

    def _alone(self, order: Order, companions: int) -> _Answer:
        """One draft of a piece that killed its processes, by itself."""
        answers = self._answers(self._submit([order])) if companions > 1 else None
        if answers is not None:
            return answers[0]
        return Failed(
            order.name,
            f"{order.name}：核查它的进程多次被系统中止，多半是内存不够，这一份没有核查；"
            "请在本机单独核查这一份，或给集群的进程加内存。",
        )

    def _answers(self, future: Any) -> list[_Answer] | None:
        """What came back; ``None`` where the processes that tried were all killed."""
        from distributed.scheduler import KilledWorker  # noqa: PLC0415

        try:
            answers: list[_Answer] = self._awaited(future)
        except KilledWorker:
            return None
        except (CancelledError, OSError, TimeoutError) as error:
            raise _lost(self._where) from error
        except (AttributeError, ImportError, RuntimeError, pickle.UnpicklingError) as error:
            raise ConfigError(
                f"集群 {self._where.url} 读不懂本机送去的稿件（{type(error).__name__}）："
                "多半是各台机器的程序版本不同，请装同一版本后重启集群。"
            ) from error
        finally:
            future.release()
        return answers

    def _awaited(self, future: Any) -> Any:
        """Wait for a result as long as somebody may be working on it."""
        alone_since: float | None = None
        while True:
            try:
                return future.result(timeout=_POLL_S)
            except TimeoutError:
                if self._threads():
                    alone_since = None
                    continue
            alone_since = alone_since or monotonic()
            if monotonic() - alone_since > _WITHOUT_WORKERS_S:
                raise ConfigError(
                    f"集群 {self._where.url} 里的计算进程都已退出，这次没有结果；"
                    "请重新启动它们，或去掉 --cluster，在本机核查。"
                )

    def _threads(self) -> dict[str, int]:
        threads: dict[str, int] = self._client.nthreads()
        return threads
