from collections.abc import Iterator
from pathlib import Path

import pytest

from app.knowledge.store import KnowledgeStore
from tests.knowledge.samples import open_small


@pytest.fixture
def store(tmp_path: Path) -> Iterator[KnowledgeStore]:
    with open_small(tmp_path) as opened:
        yield opened
