"""Stages: leads on their way from a contact to a sale, with those that wait, freeze, or are one person."""
