"""Hybrid retrieval as a LangChain retriever, for use inside a chain."""

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from app.knowledge.masking.mask import mask_passage
from app.knowledge.retriever import Hit, HybridRetriever


def to_document(hit: Hit, *, is_masked: bool = True, names: tuple[str, ...] = ()) -> Document:
    """A hit as LangChain passes it on; masked unless the caller masks it itself."""
    passage = hit.passage
    text = mask_passage(passage.text, names=(passage.unit, *names)) if is_masked else passage.text
    return Document(
        id=passage.id,
        page_content=text,
        metadata={
            "part": passage.part,
            "unit": passage.unit,
            "year": passage.year,
            "unit_type": passage.unit_type,
            "headings": list(passage.heading_path),
            "score": hit.score,
            "why": hit.why,
        },
    )


class PassageRetriever(BaseRetriever):
    """Finds past passages for a query; what it returns is masked by default."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: HybridRetriever
    k: int = 6
    part: str = ""
    unit_type: str = ""
    own_unit: str = ""
    exclude_unit: str = ""
    names: tuple[str, ...] = ()
    is_masked: bool = True

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002  # LangChain's signature
    ) -> list[Document]:
        hits = self.retriever.search(
            query,
            k=self.k,
            part=self.part,
            unit_type=self.unit_type,
            own_unit=self.own_unit,
            exclude_unit=self.exclude_unit,
        )
        return [to_document(hit, is_masked=self.is_masked, names=self.names) for hit in hits]
