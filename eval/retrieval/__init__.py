"""The retrieval evaluation: judged passages, systems, measures, scale."""
