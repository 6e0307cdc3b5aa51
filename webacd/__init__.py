"""WebACD: contacts, queues, offers and agents. What the rest of the house uses is `webacd.service`."""
