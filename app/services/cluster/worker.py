"""What runs on a cluster's machines: a few drafts checked under the options they came with.

Everything a draft is checked against travels as one package, made once and unpacked once a
process, so the machines need no common folder. Nothing here needs Dask.
"""

import hashlib
import io
import pickle
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any

from app import resources
from app.core.errors import ConfigError
from app.formats.limits import current_limits
from app.services.checking import Checker, Failed
from app.services.draft_work import Order, Worked, work_on

_KEPT = 2
_PACKAGE = Path(__file__).resolve().parents[2]
_CODE_FOLDERS = ("core", "language", "report", "evidence", "checking", "formats")
_CODE_FILES = ("services/checking.py", "services/draft_work.py", "services/cluster/worker.py")


def read_only(items: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    """A read-only mapping, by a name that unpacking finds."""
    return MappingProxyType(items)


class _Packer(pickle.Pickler):
    """Pickles read-only mappings, too."""

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, MappingProxyType):
            return read_only, (dict(obj),)
        return NotImplemented


def pack(checker: Checker) -> bytes:
    """A checker with all that it has read."""
    target = io.BytesIO()
    _Packer(target, protocol=pickle.HIGHEST_PROTOCOL).dump(checker)
    return target.getvalue()


def same(package: bytes) -> bytes:
    """The package itself: as the result of a task it can be made anew on any machine."""
    return package


@lru_cache(maxsize=1)
def code_stamp() -> str:
    """A hash of all that decides what a check finds: rules, readers, data files, limits."""
    digest = hashlib.sha256(repr(current_limits()).encode())
    for path in _decisive_files():
        digest.update(f"{path.name}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _decisive_files() -> Iterable[Path]:
    for folder in _CODE_FOLDERS:
        yield from sorted((_PACKAGE / folder).rglob("*.py"))
    yield from (_PACKAGE / name for name in _CODE_FILES)
    for data in (resources.profiles_dir(), resources.lexicons_dir()):
        yield from sorted(path for path in data.rglob("*") if path.is_file())


_checkers: OrderedDict[bytes, Checker] = OrderedDict()
_lock = Lock()


def _unpacked(package: bytes) -> Checker:
    """The checker in a package; the last ones stay unpacked."""
    key = hashlib.sha256(package).digest()
    with _lock:
        if key not in _checkers:
            _checkers[key] = pickle.loads(package)  # noqa: S301  # from the client this machine serves
            while len(_checkers) > _KEPT:
                _checkers.popitem(last=False)
        _checkers.move_to_end(key)
        return _checkers[key]


def check_orders(package: bytes, orders: Sequence[Order], stamp: str) -> list[Worked | Failed]:
    """Check a few drafts.

    Raises:
        ConfigError: this machine's rules differ from those of the caller.
    """
    if stamp != code_stamp():
        raise ConfigError(
            "集群里有机器装的 pingan 或 pingan.toml 的 [limits] 与本机不同，结果会不一致；"
            "请在每台机器上装同一版本、用同样的上限，再重启集群。"
        )
    checker = _unpacked(package)
    return [work_on(order, checker) for order in orders]
