"""The prospect's chat: from what they did to what is sent and kept."""
