"""Every task after the other."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import InputError
from app.settings import Settings
from eval.report import Run
from eval.retrieval.judged import TASK as RETRIEVE
from eval.tasks import check, draft, retrieve

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class AllOptions:
    """What to run the tasks on.

    ``corpus`` goes to the checker where it holds ``labels.jsonl``, else to the drafting task.
    """

    settings: Settings
    corpus: Path | None = None
    edited: Path | None = None
    seed: int = 0
    limit: int = 0


def run_all(options: AllOptions, progress: Progress) -> dict[str, Run]:
    """The runs by task.

    Raises:
        InputError: a folder holds no readable data set.
        ConfigError: there is a model but no address.
    """
    corpus = options.corpus
    is_labelled = corpus is not None and (corpus / "labels.jsonl").is_file()
    settings = options.settings if options.settings.model else None
    checked = check.run_check(
        check.CheckTaskOptions(
            corpus=corpus if is_labelled else None,
            edited=options.edited,
            seed=options.seed,
            settings=settings,
        ),
        lambda name: progress(f"核查·{name}"),
    )
    drafted = draft.run_draft(
        draft.DraftOptions(
            options.settings,
            limit=options.limit,
            sheets=None if is_labelled else corpus,
        ),
        lambda name: progress(f"起草·{name}"),
    )
    found = _retrieve(corpus if is_labelled else None, options.settings, progress)
    return {check.TASK: checked, RETRIEVE: found, draft.TASK: drafted}


def _retrieve(corpus: Path | None, settings: Settings, progress: Progress) -> Run:
    """Over the corpus where its passages have been judged, else over the sample reports."""

    def tell(name: str) -> None:
        progress(f"检索·{name}")

    if corpus is not None:
        try:
            return retrieve.run_retrieve(retrieve.RetrieveOptions(corpus, settings), tell)
        except InputError:
            tell("语料里没有标过检索，只用示例报告")
    return retrieve.run_retrieve(retrieve.RetrieveOptions(settings=settings), tell)
