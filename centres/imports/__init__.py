"""Registers come in: a file becomes a table, a table becomes entries, entries meet what is stored.

`read_table` refuses what is no register, `import_centres` and `import_youth_offices` report every problem by row,
column and value. Nothing is written unless everything is right, or the caller asked to skip what is wrong.
"""
