"""What admins do in the chat: quizzes, links, unfinished sessions."""
