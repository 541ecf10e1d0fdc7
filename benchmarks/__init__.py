"""Benchmarks of hpsearch against its peers: `python -m benchmarks`, from the repository root."""
