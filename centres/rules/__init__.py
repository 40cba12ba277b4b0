"""What holds for centres, in plain Python: no Django, no clock, no database."""
