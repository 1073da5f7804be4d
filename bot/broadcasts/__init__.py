"""Broadcasts: one message to many, written, narrowed down, tried and sent by an admin from the chat."""
