"""Rewrite one section of a draft, by the model or without it; the draft holds afterwards too."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING

from app.core.draft import Draft, DraftSection, DraftSentence, SectionStatus, Usage
from app.core.errors import ConfigError, InputError
from app.core.facts import FactSheet
from app.drafting.events import OnEvent
from app.drafting.prose.length import count_chars, paragraphs_of, with_paragraphs, without_frills
from app.drafting.rewriting import (
    RewriteTool,
    blocks_of,
    facts_of,
    find_section,
    fuller,
    more_formal,
    restored,
    shorter,
    with_version,
)
from app.language.numbers.numerals import ordinal
from app.services.drafting import finish, fitter

if TYPE_CHECKING:
    from app.drafting.model.client import ModelOptions
    from app.services.rewrite_model import ModelRewriter
    from app.settings import Settings

_WISHES = {
    RewriteTool.SHORTER: "写得更简练，去掉重复和套话，每句尽量短。",
    RewriteTool.FULLER: "写得更充实，把句子写完整、写连贯，但不添加任何要点以外的内容。",
    RewriteTool.FORMAL: "写得更正式，用规范的公文语言，不用口语。",
}
_LONGEST_WISH = 300
_LABEL = re.compile(r"^[一二三四五六七八九十]{1,3}是")
_FULLER_STRETCH = 1.5


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What to do to which section; ``instruction`` is the writer's own wish for ``FREE``."""

    section: str
    tool: RewriteTool
    instruction: str = ""
    is_offline: bool = False

    @property
    def wish(self) -> str:
        """In words a model can follow."""
        return _WISHES.get(self.tool) or " ".join(self.instruction.split())

    @property
    def label(self) -> str:
        """What the list of versions calls it."""
        return self.tool.value if self.tool is not RewriteTool.FREE else self.wish[:40]


def rewrite_section(
    draft: Draft,
    sheet: FactSheet,
    rewrite: Rewrite,
    *,
    settings: "Settings",
    options: "ModelOptions | None" = None,
    cancel: Event | None = None,
    on_event: OnEvent | None = None,
) -> Draft:
    """The draft with one section rewritten and its earlier text kept as a version.

    更简练 and 更充实 work without a model; 更正式 does where there are spoken words to replace.

    Raises:
        InputError: no such section, it has no facts, or there is nothing to change.
        ConfigError: a model is needed and none is configured, or something would leave the
            office that must not.
        ModelError: the model failed or was cancelled.
    """
    section = find_section(draft, rewrite.section)
    told = _told(draft, sheet)
    if section.status is SectionStatus.NEEDS_INPUT or not facts_of(section, told):
        raise InputError(f"“{section.title or '引言'}”还没有要点，请补充要点后重新起草。")
    if rewrite.tool is RewriteTool.FREE and not rewrite.wish:
        raise InputError("请写明想怎么改，例如“合并成一段，先说排查再说化解”。")
    if len(rewrite.wish) > _LONGEST_WISH:
        raise InputError(f"改写要求太长，请写在{_LONGEST_WISH}字以内。")
    has_model = not rewrite.is_offline and (bool(settings.model) or options is not None)
    if not has_model:
        new = _without_model(section, draft, told, rewrite)
        return _put(draft, told, with_version(section, new, rewrite.label), model=draft.model)
    from app.services import rewrite_model  # noqa: PLC0415  # loads langchain

    writer = rewrite_model.ModelRewriter(told, settings, options, cancel or Event(), on_event)
    base = without_frills(section) if rewrite.tool is RewriteTool.SHORTER else section
    stretch = _FULLER_STRETCH if rewrite.tool is RewriteTool.FULLER else 1.0
    new = _by_model(base, writer, rewrite.wish, stretch)
    if rewrite.tool is RewriteTool.FULLER and len(new.text) <= len(section.text):
        new = fuller(new, draft, fitter(told))
    if new.text == section.text:
        raise InputError(f"模型没有改动“{section.title or '引言'}”，可以换一种要求再试。")
    return _put(
        draft,
        told,
        with_version(section, new, rewrite.label, note=writer.note),
        model=writer.model,
        usage=writer.usage,
    )


def restore_section(draft: Draft, sheet: FactSheet, section: str, number: int = -1) -> Draft:
    """The draft with a section as it was before; ``number`` counts its versions from 0.

    Raises:
        InputError: no such section or version.
    """
    found = restored(find_section(draft, section), number)
    return _put(draft, _told(draft, sheet), found, model=draft.model)


def _told(draft: Draft, sheet: FactSheet) -> FactSheet:
    dropped = set(draft.left_out)
    return replace(sheet, facts=tuple(f for f in sheet.facts if f.id not in dropped))


def _without_model(
    section: DraftSection, draft: Draft, sheet: FactSheet, rewrite: Rewrite
) -> DraftSection:
    match rewrite.tool:
        case RewriteTool.SHORTER:
            return shorter(section, sheet)
        case RewriteTool.FULLER:
            return fuller(section, draft, fitter(sheet))
        case RewriteTool.FORMAL:
            found = more_formal(section, sheet)
            if found is None:
                raise ConfigError(
                    "这一部分没有口语可换；要通篇改得更正式需要模型，请设置 PINGAN_MODEL 和 "
                    "OPENAI_BASE_URL 后再试。",
                    on_page="这一部分没有口语可换；要通篇改得更正式，请把“写法”选为“由模型起草”，"
                    "没有这一项时请管理员设置模型。",
                )
            return found
        case _:
            raise ConfigError(
                "按自己的要求改写需要模型，请设置 PINGAN_MODEL 和 OPENAI_BASE_URL；"
                "不用模型时可以选更简练或更充实。",
                on_page="按自己的要求改写需要模型，请把“写法”选为“由模型起草”，没有这一项时请管理员"
                "设置模型；不用模型时可以选“更简练”或“更充实”。",
            )


def _by_model(
    section: DraftSection, writer: "ModelRewriter", wish: str, stretch: float
) -> DraftSection:
    """Runs of sentences with facts rewritten; headings and openings stay."""
    paragraphs = []
    for paragraph in paragraphs_of(section):
        row: list[DraftSentence] = []
        for block in blocks_of(paragraph):
            if block[0].facts:
                row += _rewritten(section.title, block, writer, wish=wish, stretch=stretch)
            else:
                row += block
        paragraphs.append(row)
    return with_paragraphs(section, paragraphs)


def _rewritten(
    title: str,
    block: Sequence[DraftSentence],
    writer: "ModelRewriter",
    *,
    wish: str,
    stretch: float,
) -> list[DraftSentence]:
    """A run of sentences in other words; a numbered list stays one."""
    is_list = all(_LABEL.match(s.text) for s in block)
    plain_block = [replace(s, text=_LABEL.sub("", s.text).rstrip("；。") + "。") for s in block]
    out = writer.rewrite(title, plain_block if is_list else list(block), wish, stretch)
    if not is_list:
        return out
    last = len(out) - 1
    return [
        replace(s, text=f"{ordinal(n)}是{s.text.rstrip('；。')}{'。' if n == last else '；'}")
        for n, s in enumerate(out)
    ]


def _put(
    draft: Draft,
    told: FactSheet,
    section: DraftSection,
    *,
    model: str,
    usage: Usage | None = None,
) -> Draft:
    """The draft with the section in its place, read back whole."""
    sections = [section if s.key == section.key else s for s in draft.sections]
    done = finish(
        told, draft.profile, sections, model=model, usage=draft.usage + (usage or Usage())
    )
    length = draft.length
    if length:
        length = replace(length, actual=count_chars(done.text), note="")
    uses = {**dict.fromkeys(draft.left_out, ()), **done.fact_uses}
    return replace(done, left_out=draft.left_out, length=length, fact_uses=uses, notes=draft.notes)
