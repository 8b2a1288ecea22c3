"""How alike texts are: copied paragraphs, and what is said twice."""
