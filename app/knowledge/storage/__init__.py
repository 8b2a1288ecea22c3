"""What is kept and how: records in SQLite, passages and vectors in Chroma."""
