import subprocess
import sys


def loaded(code: str, *modules: str) -> set[str]:
    probe = f"import sys\n{code}\nprint(*(m for m in {modules!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_a_text_file_costs_no_heavy_library() -> None:
    code = "from app.formats import read_bytes; read_bytes('平安'.encode(), 'a.txt')"
    assert loaded(code, "lxml", "docx", "pypdf", "openpyxl", "zipfile", "subprocess") == set()


def test_a_text_fact_sheet_costs_no_heavy_library() -> None:
    code = (
        "from app.formats.fact_files import parse_fact_sheet;"
        "parse_fact_sheet('单位：云渡镇\\n年度：2025\\n- 演练3次')"
    )
    assert loaded(code, "lxml", "docx", "pypdf", "openpyxl") == set()
