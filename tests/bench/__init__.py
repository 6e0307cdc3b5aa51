"""What Deskside costs and how quick it is, beside what others need. `python -m tests.bench [name-prefix ...]`"""
