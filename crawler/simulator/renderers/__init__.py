"""A made-up report in every shape that reports are published in; SHAPES lists them by name."""

from __future__ import annotations

from crawler.simulator.renderers.shapes import SHAPES, Shape

__all__ = ["SHAPES", "Shape"]
