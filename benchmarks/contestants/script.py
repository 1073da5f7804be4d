"""The quiz as every peer asks it, and what they score; Hotlead reads it from `benchmarks/quiz.yaml`."""

from __future__ import annotations

CONSENT = "Hello! We will store your answers and contact to reply to you. Do you agree?"
QUESTIONS = {
    "size": ("How large is your company?", ("1-10", "11-50", "51-250", "250+")),
    "budget": ("What is your budget?", ("none", "under 5k", "5-20k", ">20k")),
    "start": ("When do you plan to start?", ("later", "this year", "quarter", "now")),
    "decides": ("Do you decide on the purchase?", ("no", "I advise", "jointly", "yes")),
}
POINTS = (0, 10, 20, 30)
ASK_CONTACT = "Share your phone number, and a manager will call you."
AFTER = {"consent": "size", "size": "budget", "budget": "start", "start": "decides", "decides": "need"}


def thanks(score: int) -> str:
    """Return a peer's last words."""
    return f"Thank you! Your score: {score}"
