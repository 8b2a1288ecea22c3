"""Work on a document in a process that can be ended."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.core.errors import ConfigError, InputError
from app.formats import Limits, read_bytes
from app.services.apart import Apart

TEXT = "全年排查42件。".encode()
LIMITS = Limits(work_cpu_s=1, work_wall_s=2, work_bytes=300 * 2**20)


@pytest.fixture(scope="module")
def bounded() -> Iterator[Apart]:
    with Apart(1, most_slow=2, spare=1, limits=LIMITS) as running:
        yield running


def test_the_answer_is_that_of_the_function(bounded: Apart) -> None:
    assert bounded.run(read_bytes, TEXT, "a.txt", name="a.txt") == read_bytes(TEXT, "a.txt")
    with pytest.raises(InputError, match="是空的"):
        bounded.run(read_bytes, b"", "a.txt", name="a.txt")
    error = ConfigError("错了。", on_page="页面上错了。")
    with pytest.raises(ConfigError, match="错了") as caught:
        bounded.run(_raise, error, name="a.txt")
    assert caught.value.on_page == "页面上错了。"


def _raise(error: Exception) -> None:
    raise error


@pytest.mark.parametrize(
    ("function", "argument", "words"),
    [
        (eval, "sum(range(10**12))", r"处理了\d秒"),
        (time.sleep, 30, "处理了2秒"),
        (eval, "bytearray(2**30)", "内存不够"),
        (os._exit, 9, "被系统中止"),
        (eval, "1/0", "ZeroDivisionError"),
        (eval, "lambda: 1", "PicklingError|AttributeError"),  # an answer that cannot travel
    ],
)
def test_whatever_it_does_the_document_is_named_and_the_next_is_read(
    bounded: Apart, function: Callable[..., object], argument: object, words: str
) -> None:
    with pytest.raises(InputError, match=words) as caught:
        bounded.run(function, argument, name="坏.pdf")
    assert "“坏.pdf”" in str(caught.value)
    assert bounded.run(read_bytes, TEXT, "a.txt", name="a.txt").text == TEXT.decode()


def test_nobody_waits_for_one_that_is_slow() -> None:
    with ThreadPoolExecutor(2) as threads, Apart(1, most_slow=2, spare=1) as apart:
        slow = [threads.submit(apart.run, time.sleep, 60, name="慢.pdf") for _ in range(2)]
        assert apart.run(read_bytes, TEXT, "a.txt", name="a.txt").text
        assert not any(s.done() for s in slow)
        apart.close()
        assert all(isinstance(s.exception(), InputError) for s in slow)


def _work_for(seconds: float) -> int:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return os.getpriority(os.PRIO_PROCESS, 0)


def test_one_that_works_for_long_goes_to_the_end_of_the_line() -> None:
    with Apart(1) as apart:
        assert apart.run(_work_for, 0.0, name="a.txt") < 19
        assert apart.run(_work_for, 1.6, name="a.txt") == 19
        assert apart.run(_work_for, 0.0, name="a.txt") < 19


def test_the_child_knows_no_key_and_writes_where_nobody_reads(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    monkeypatch.chdir(tmp_path)  # what lies there is not taken for the program
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text("raise SystemExit")
    with Apart(1) as apart:
        assert apart.run(os.getenv, "OPENAI_API_KEY", name="x") is None
        assert apart.run(print, "库里打印的话", name="x") is None
    assert capfd.readouterr() == ("", "")


def test_after_the_end_nothing_is_begun() -> None:
    apart = Apart(1, spare=1)
    apart.warm_up()
    apart.close()
    with pytest.raises(InputError, match="正在关闭"):
        apart.run(read_bytes, TEXT, "a.txt", name="a.txt")
