"""Walk the product's paths where some packages cannot be imported; run in its own process."""

import sys
import tempfile
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType

import httpx
import pytest
from click.testing import CliRunner


class _Without(MetaPathFinder):
    """Finds nothing of the packages that are left out, as if they were not installed."""

    def __init__(self, distributions: Sequence[str]) -> None:
        left_out = set(distributions)
        self.names = {
            name
            for name, owners in packages_distributions().items()
            if {owner.lower().replace("_", "-") for owner in owners} <= left_out
        }

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Refuse what is left out; let others look for the rest."""
        if fullname.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


def _command(home: Path, *arguments: str) -> None:
    from app.cli import cli

    environment = {"PINGAN_HOME": str(home), "OPENAI_BASE_URL": "", "PINGAN_MODEL": ""}
    done = CliRunner().invoke(cli, arguments, env=environment)
    assert done.exit_code == 0, (arguments, done.output[-500:], done.exception)


def _page(home: Path, facts: str) -> None:
    from app.settings import load_settings
    from app.web.server import start_server
    from app.web.serving.port import Address
    from tests.web.conftest import free_port

    server = start_server(load_settings(home=home), Address("127.0.0.1", free_port()))
    with httpx.Client(base_url=server.address.url, timeout=60, trust_env=False) as http:
        http.get("").raise_for_status()
        job = http.post("gradio_api/call/draft", json={"data": [facts, True]}).json()
        assert "event: complete" in http.get(f"gradio_api/call/draft/{job['event_id']}").text
    server.close()


def _client() -> None:
    import chromadb

    from tests.web.conftest import free_port

    with pytest.raises(ValueError, match="Could not connect"):  # all is there but the server
        chromadb.HttpClient(host="127.0.0.1", port=free_port())


def main() -> None:
    """Check, draft, ask the knowledge base embedded and as a client, and open the page."""
    without = _Without(sys.argv[1:])
    sys.meta_path.insert(0, without)
    from tests.conftest import ROOT

    sheet = ROOT / "examples" / "乡镇.txt"
    reports = sorted((ROOT / "knowledge_base" / "reports").glob("*.txt"))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        word, table = Path(folder) / "稿.docx", Path(folder) / "稿.xlsx"
        _command(home, "draft", str(sheet), "--offline", "--format", "docx", "-o", str(word))
        _command(home, "check", str(word), "--facts", str(sheet), "--fail-on", "never")
        _command(home, "check", str(word), "--format", "xlsx", "-o", str(table))
        _command(home, "kb", "add", str(reports[0]))
        _command(home, "kb", "search", "矛盾纠纷 化解")
        _client()
        _page(home, sheet.read_text("utf-8"))
        import langchain_openai  # noqa: F401  # the chat model

        assert not {m for m in sys.modules if m.partition(".")[0] in without.names}
    sys.stdout.write("\ncheck draft knowledge client page\n")


if __name__ == "__main__":
    main()
