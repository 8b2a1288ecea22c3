"""The lexical index: BM25 over Chinese characters and their pairs."""
