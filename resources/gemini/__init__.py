"""Gemini, asked for structured replies."""
