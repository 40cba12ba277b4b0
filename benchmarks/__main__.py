"""`make bench`: each module beside this one has `run()`, which prints ratios against its anchor.

`python -m benchmarks certificates` runs one of them.
"""

import os
import sys
from importlib import import_module
from pathlib import Path

import django

from config import embedded

HERE = Path(__file__).parent


def main(names: list[str]) -> None:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "TESTING": "1", "LOG_LEVEL": "WARNING"}
    embedded.provide(folder=HERE.parent / "var" / f"bench-{os.getpid()}", lasting=False)
    django.setup()
    for name in names or sorted(path.stem for path in HERE.glob("[a-z]*.py")):
        print(f"\n{name}")
        import_module(f"benchmarks.{name}").run()


if __name__ == "__main__":
    main(sys.argv[1:])
