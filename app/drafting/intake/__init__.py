"""Intake: from what a clerk has (lists, chats, tables) to a fact sheet; nothing goes silently."""

from app.drafting.intake.facts import make_fact
from app.drafting.intake.material import Line, Material, Row, Table, split_text
from app.drafting.intake.sheet import UNIT_TYPES, build_fact_sheet

__all__ = [
    "UNIT_TYPES",
    "Line",
    "Material",
    "Row",
    "Table",
    "build_fact_sheet",
    "make_fact",
    "split_text",
]
