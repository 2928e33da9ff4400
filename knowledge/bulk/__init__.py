"""Embeds many passages at once: the bundled model's own weights, run by ONNX Runtime."""

from .encoder import BulkEncoder

__all__ = ["BulkEncoder"]
