"""Gemini, asked for structured replies."""

from resources.gemini.client import GeminiClient
from resources.gemini.replies import ModelReply

__all__ = ["GeminiClient", "ModelReply"]
