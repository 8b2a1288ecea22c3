from pathlib import Path

from app.web.environment import prepare_environment


def test_nothing_is_reported_and_files_stay_in_the_private_folder() -> None:
    environment: dict[str, str] = {"GRADIO_SHARE": "True", "GRADIO_ALLOWED_PATHS": "/"}
    prepare_environment(Path("/private"), environment)
    assert environment["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert environment["GRADIO_SHARE"] == "False"
    assert environment["GRADIO_ALLOWED_PATHS"] == ""
    assert environment["HF_HUB_OFFLINE"] == "1"
    assert environment["GRADIO_TEMP_DIR"] == "/private"
    assert "NO_PROXY" not in environment


def test_a_proxy_is_not_asked_for_the_page_itself() -> None:
    environment = {"HTTP_PROXY": "http://proxy:8080", "no_proxy": "intranet,localhost"}
    prepare_environment(Path("/private"), environment)
    assert environment["no_proxy"] == "intranet,localhost,127.0.0.1,::1"
    assert environment["NO_PROXY"] == "127.0.0.1,localhost,::1"
