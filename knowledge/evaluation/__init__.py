"""Measures the search: question sets, distortions, scores and their report."""
