"""What holds for seals, rounds and cases, in plain Python: no Django, no clock, no database."""
