"""A line of the log has its time, and nothing of what somebody sent."""

import re
import subprocess
import sys
import textwrap

CANARY = "张三平安稿件"
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ [\w.]+: .+")
_SAYS = """
    import asyncio, gc, logging, threading, traceback, warnings
    from app.web.serving.log import start_log
    start_log()
    def fail():
        raise ValueError("张三平安稿件")

    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    try:
        fail()
    except ValueError:
        traceback.print_exc()
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    warnings.warn("input_value=张三平安稿件", UserWarning)
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()

    async def main():
        async def task():
            fail()
        lost = asyncio.create_task(task())
        await asyncio.sleep(0.05)
        del lost
        gc.collect()

    asyncio.run(main())
"""


def test_every_line_has_a_time_and_none_a_value() -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(_SAYS)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    lines = done.stderr.splitlines()
    assert len(lines) == 6, done.stderr
    assert all(LINE.fullmatch(line) for line in lines), done.stderr
    assert CANARY not in done.stderr
    assert sum("ValueError" in line for line in lines) >= 3
    assert not done.stdout
