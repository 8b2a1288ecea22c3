"""The tab 知识库."""
