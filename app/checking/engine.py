"""Run the rules over a document."""

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from app.checking import rules as rules_package
from app.checking.baseline import Baseline
from app.checking.context import CheckContext
from app.checking.rule import Rule
from app.core.document import Span
from app.core.errors import ConfigError
from app.core.finding import CheckResult, Finding, Severity, Suppression
from app.core.ledger import LedgerRow
from app.language.kept import kept
from app.report.profile import Profile, RuleSetting, build_params

CRASH_CODE = "XX00"
MAX_FINDINGS = 5000  # of one rule in one document; hostile texts have more
_log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def load_rules() -> tuple[Rule, ...]:
    """Every rule, ordered by code."""
    rules: list[Rule] = []
    for module_info in iter_modules(rules_package.__path__):
        if module_info.name.startswith("_"):
            continue
        module = import_module(f"{rules_package.__name__}.{module_info.name}")
        rules.append(
            Rule(module.META, module.Params, module.check, module.EXAMPLES, module.__doc__ or "")
        )
    return tuple(sorted(rules, key=lambda r: r.meta.code))


def validate_profile(profile: Profile) -> None:
    """Check a profile's rule settings against the rules there are.

    Raises:
        ConfigError: an unknown rule or parameter.
    """
    known = {rule.meta.code: rule for rule in load_rules()}
    for code, setting in profile.rules.items():
        if code not in known:
            raise ConfigError(f"{setting.where}：没有规则 {code}。")
        build_params(known[code].params_type, setting)


def _is_runnable(rule: Rule, ctx: CheckContext) -> bool:
    match rule.meta.needs:
        case "facts":
            return ctx.sheet is not None
        case "previous":
            return ctx.previous is not None
        case "knowledge":
            return bool(ctx.known_units)
        case _:
            return True


def _with_severity(finding: Finding, rule: Rule, setting: RuleSetting) -> Finding:
    wanted = setting.severity
    if wanted is None or finding.severity.rank < rule.meta.severity.rank <= wanted.rank:
        return finding
    return replace(finding, severity=wanted)


def run_rule(rule: Rule, ctx: CheckContext) -> Iterator[Finding]:
    """The findings of one rule; a crash of the rule becomes one finding ``XX00``."""
    setting = ctx.profile.setting(rule.meta.code)
    if not setting.enabled or not _is_runnable(rule, ctx):
        return
    params = build_params(rule.params_type, setting)
    seen = ctx.seen_by(rule.meta.reads)
    try:
        for count, found in enumerate(rule.check(seen, params), 1):
            finding = _with_severity(seen.restore(found), rule, setting)
            if count == MAX_FINDINGS:
                yield replace(finding, message=f"{finding.message}（同类问题太多，其余不再列出。）")
                return
            yield finding
    except MemoryError:  # the document's fault, not the rule's
        raise
    except Exception as error:  # noqa: BLE001  # one broken rule must not take the others down
        _log.debug("rule %s crashed", rule.meta.code, exc_info=True)
        yield Finding(
            rule=CRASH_CODE,
            name="rule-crash",
            severity=Severity.ERROR,
            span=Span(0, 0),
            quote="",
            message=f"规则 {rule.meta.code} 运行出错（{type(error).__name__}），其余规则照常完成。",
            evidence={"rule": rule.meta.code},
        )


def _fingerprint(finding: Finding, text: str, seen: Counter[str]) -> str:
    """Hash of rule, quote and the line's words round it; a counter tells repeats apart."""
    span = finding.span
    line_start = text.rfind("\n", 0, span.start) + 1
    before = text[max(line_start, span.start - 12) : span.start]
    line_end = text.find("\n", span.end)
    after = text[span.end : min(len(text) if line_end < 0 else line_end, span.end + 12)]
    if len(span) == 0:
        before = after = str(finding.evidence.get("part", finding.evidence.get("rule", "")))
    core = "\x1f".join((finding.rule, finding.quote, before, after))
    seen[core] += 1
    return hashlib.sha256(f"{core}\x1f{seen[core]}".encode()).hexdigest()[:16]


def _found(rule: Rule, ctx: CheckContext, text: object) -> Iterable[Finding]:
    """The findings of one rule; those of a rule on the text alone are known from the last look."""
    if rule.meta.needs == "facts":
        return run_rule(rule, ctx)
    name = ("rule", rule.meta.code, ctx.document.path)
    return kept(name, text, lambda: tuple(run_rule(rule, ctx)))


def run_rules(ctx: CheckContext, rules: Iterable[Rule] | None = None) -> tuple[Finding, ...]:
    """All findings in text order, each with its fingerprint."""
    text = ctx.text_side
    found = [f for rule in (rules or load_rules()) for f in _found(rule, ctx, text)]
    found.sort(key=lambda f: (f.span, f.rule, f.message))
    seen: Counter[str] = Counter()
    return tuple(replace(f, fingerprint=_fingerprint(f, ctx.text, seen)) for f in found)


def check_document(ctx: CheckContext, *, baseline: Baseline | None = None) -> CheckResult:
    """Check one document.

    Findings named in ``baseline`` or excused by the user's word list are kept apart as suppressed.
    """
    kept: list[Finding] = []
    suppressed: list[Suppression] = []
    for finding in run_rules(ctx):
        reason = baseline.reason(finding.fingerprint) if baseline else None
        reason = reason or ctx.lexicon.excuse(finding, ctx.text)
        if reason is None:
            kept.append(finding)
        else:
            suppressed.append(Suppression(finding, reason))
    return CheckResult(
        path=ctx.document.path,
        profile=ctx.profile.name,
        chars=len(ctx.text),
        findings=tuple(kept),
        suppressed=tuple(suppressed),
        parts={key: state.status for key, state in ctx.plain.parts.items()},
        ledger=_ledger(ctx.plain),
        titles={part.key: part.title for part in ctx.profile.parts},
        required=frozenset(part.key for part in ctx.profile.parts if part.mandatory),
    )


def _ledger(plain: CheckContext) -> tuple[LedgerRow, ...] | None:
    if plain.comparison is None:
        return None
    return tuple(plain.restore_row(row) for row in plain.comparison.rows())
