"""A report's own figures of its year, and those of last year it quotes."""
