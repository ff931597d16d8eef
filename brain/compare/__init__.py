"""Cross-implementation equivalence: cases, errors and tolerances, runs and reports."""
