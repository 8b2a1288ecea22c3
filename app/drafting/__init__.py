"""From a fact ledger to a report: planning, composing, the model chain, grounding."""
