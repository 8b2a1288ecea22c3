import gc
import threading
import time

import pytest

from app.web.tasks import PageTask


def test_events_come_in_order_and_then_the_result() -> None:
    def work(task: "PageTask[str]") -> str:
        for number in range(3):
            task.progress(number, 3, "x")
        return "done"

    task = PageTask(work)
    assert list(task.events()) == [(0, 3, "x"), (1, 3, "x"), (2, 3, "x")]
    assert task.result() == "done"
    assert not task.stopped.is_set()


def test_an_error_of_the_service_is_raised_to_the_reader() -> None:
    def work(task: "PageTask[str]") -> str:
        task.tell(1)
        raise ValueError("x")

    task = PageTask(work)
    assert list(task.events()) == [1]
    with pytest.raises(ValueError, match="x"):
        task.result()


def test_a_reader_that_goes_away_stops_the_service() -> None:
    ended = threading.Event()

    def work(task: "PageTask[None]") -> None:
        try:
            while True:
                task.tell(1)
                time.sleep(0.005)
        finally:
            ended.set()

    task = PageTask(work)
    events = task.events()
    next(events)
    del events  # the page closes the stream the same way
    gc.collect()
    assert ended.wait(5)
    assert task.stopped.is_set()
