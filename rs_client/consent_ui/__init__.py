"""What the person at the machine sees of the client: questions, who sees what, Stop. A window, or the terminal."""
