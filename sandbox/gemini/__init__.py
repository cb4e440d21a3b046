"""The stand-in of Gemini: deterministic German from the inputs it is sent, in the HTTP that google-genai speaks."""
