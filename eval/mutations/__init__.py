"""Seeded defects: clean reports go in, reports with defects at known places come out."""
