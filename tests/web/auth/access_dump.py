"""Print what the page and Gradio offer, as JSON; in a process of its own, as Gradio keeps loops."""

import json
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.web.serving.environment import prepare_environment
from app.web.workspace import UploadFolder


def _element(page: Any, function: Any) -> str:
    block_id = next((t for t, _ in function.targets if t is not None), None)
    return str(getattr(page.blocks.get(block_id), "elem_id", "") or "")


def _roles(page: Any) -> list[str]:
    from app.web.auth.access import needed_for

    return [needed_for(page, function).value for function in page.fns.values()]


def _follower(gr: Any) -> Any:
    with gr.Blocks() as page, gr.Tabs(), gr.Tab("审阅", elem_id="tab-review"):
        button, box = gr.Button(elem_id="b"), gr.Textbox()
        button.click(lambda: "x", None, box).then(lambda: None, None, None)
    return page


def _unlisted(gr: Any) -> Any:
    with gr.Blocks() as page:
        with gr.Tabs(), gr.Tab("新页", elem_id="tab-new"):
            button, box = gr.Button(), gr.Textbox()
            button.click(lambda: "x", None, box)
        with gr.Tabs(), gr.Tab("知识库", elem_id="tab-knowledge"):
            gr.Button(elem_id="kb-something").click(lambda: None, None, None)
        gr.api(lambda: "x", api_name="unknown")
    return page


def _from_outside(gr: Any) -> Any:
    with gr.Blocks() as page:
        with gr.Tabs(), gr.Tab("评测", elem_id="tab-eval"):
            box = gr.Textbox()
        page.load(lambda: "x", None, box)
    return page


def _trimmed(gr: Any) -> bool:
    from gradio.state_holder import SessionState

    from app.web.auth.memory import trim_session

    with gr.Blocks() as page:
        own = gr.Textbox("own")
    state = SessionState(page)
    stray = gr.Textbox("a long text", render=False)
    state.blocks_config.blocks[stray._id] = stray
    trim_session(page, state)
    kept = set(state.blocks_config.blocks)
    return kept <= set(page.blocks) and own._id in kept and not state.config_values


def _paths(gr: Any) -> list[str]:
    """Every path that Gradio's application knows, the variable parts filled in."""
    from gradio.routes import App

    with gr.Blocks() as page:
        gr.Textbox()
    found: set[str] = set()

    def walk(routes: Any) -> None:
        for route in routes:
            if getattr(route, "path", None):
                found.add(re.sub(r"\{[^}]*\}", "x", route.path))
            inner = getattr(route, "original_router", None) or getattr(route, "app", None)
            walk(getattr(inner, "routes", None) or ())

    walk(App.create_app(page).routes)
    return sorted(found)


def main() -> None:
    """Gather everything and print it."""
    workspace = UploadFolder.create()
    prepare_environment(workspace.folder)
    import gradio as gr

    from app.settings import load_settings
    from app.web.auth.access import hidden_css, needed_for, tab_of
    from app.web.backend import Backend
    from app.web.pages.page import build_page

    with tempfile.TemporaryDirectory() as home:
        backend = Backend(load_settings(home=Path(home)), workspace)
        page = build_page(backend)
        tabs = {tab_of(b) for b in page.blocks.values() if isinstance(b, gr.Tab)}
        functions = [
            (_element(page, f), needed_for(page, f).value, str(f.api_name))
            for f in page.fns.values()
        ]
        backend.close()
    scenes: dict[str, Callable[[Any], Any]] = {
        "follower": _follower,
        "unlisted": _unlisted,
        "outside": _from_outside,
    }
    told = {
        "tabs": sorted(tabs),
        "functions": functions,
        "paths": _paths(gr),
        "hidden": {role: hidden_css(role) for role in ("写稿", "审核", "管理", "")},
        "trimmed": _trimmed(gr),
        **{name: _roles(scene(gr)) for name, scene in scenes.items()},
    }
    sys.stdout.write("\n" + json.dumps(told, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
