"""The evaluation: cases, systems and metrics, kept apart."""
