"""Measures the answers to files of questions."""
