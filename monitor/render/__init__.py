"""Editions and templates into messages."""

from monitor.render.checking import check_templates
from monitor.render.faults import CODES
from monitor.render.renderer import BUILT_IN, Rendered, Renderer

__all__ = ["BUILT_IN", "CODES", "Rendered", "Renderer", "check_templates"]
