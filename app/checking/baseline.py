"""Baselines: findings a reviewer has accepted, each with a reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import ConfigError
from app.report import yaml_lines


@dataclass(frozen=True, slots=True)
class Baseline:
    """Fingerprints with the reasons why they are accepted."""

    path: str
    reasons: Mapping[str, str]

    def reason(self, fingerprint: str) -> str | None:
        """Why the finding is accepted; ``None`` where it is not."""
        return self.reasons.get(fingerprint)

    def unused(self, fingerprints: Iterable[str]) -> tuple[str, ...]:
        """Entries that match none of ``fingerprints``, in file order."""
        present = set(fingerprints)
        return tuple(f for f in self.reasons if f not in present)


def load_baseline(path: Path) -> Baseline:
    """Read a baseline file: YAML, one line a finding, ``fingerprint: reason``.

    Raises:
        ConfigError: the file cannot be read, an entry stands twice or has no reason.
    """
    name = str(path)
    reasons: dict[str, str] = {}
    text = yaml_lines.read_text(path)
    if all(not line.strip() or line.lstrip().startswith("#") for line in text.splitlines()):
        return Baseline(name, {})
    for entry in yaml_lines.entries(yaml_lines.compose(text, name), name):
        value = yaml_lines.scalar(entry)
        reason = value.strip() if isinstance(value, str) else ""
        if not reason:
            raise ConfigError(f"{entry.where}：{entry.key} 没有写理由，请在冒号后写明为什么豁免。")
        reasons[entry.key] = reason
    return Baseline(name, reasons)
