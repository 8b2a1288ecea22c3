"""Readers of Chinese prose: sentences, outline, numerals, quantities, names."""
