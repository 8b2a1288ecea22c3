"""What a page still keeps after uploads and calls of other programs; run in its own process."""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from app.settings import load_settings
from app.web.auth.memory import sweep_page
from app.web.server import start_server
from app.web.serving.port import Address
from tests.web.auth.office import API, Visit, add_everyone, as_file, close_all
from tests.web.conftest import ROOT, free_port


def _kept(page: Any) -> dict[str, int]:
    return {
        "sessions": len(page.state_holder.session_data),
        "queues": len(page._queue.pending_messages_per_session),
        "jobs": len(page._queue.pending_event_ids_session),
        "names": sum(map(len, page.temp_file_sets)),
    }


def main() -> None:
    """Work with a page and print what is left."""
    facts = (ROOT / "examples" / "乡镇.txt").read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        add_everyone(home)
        server = start_server(load_settings(home=home), Address("127.0.0.1", free_port()))
        visit = Visit(server.address.url)
        visit.log_in("zhang")
        for _ in range(2):
            job = visit.http.post(f"{API}/call/draft", json={"data": [facts, True]}).json()
            drafted = visit.http.get(f"{API}/call/draft/{job['event_id']}").text
            path = visit.upload("总结.txt", facts.encode())
            visit.click("check-file", as_file(path), "auto", event="upload")
        left = [_kept(server.page)]
        for later in (50, 70):
            sweep_page(server.page, 60, time.time() + later)
            left.append(_kept(server.page))
        close_all()
        server.close()
    told = {"is_drafted": "event: complete" in drafted, "left": left}
    sys.stdout.write("\n" + json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
