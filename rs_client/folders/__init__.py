"""The person's folders, as far as they let somebody in."""
