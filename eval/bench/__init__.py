"""How fast the program is, as ratios against named references measured in the same run."""

from eval.bench.rules import Share, Speed, long_reports, measure, speed_section

__all__ = ["Share", "Speed", "long_reports", "measure", "speed_section"]
