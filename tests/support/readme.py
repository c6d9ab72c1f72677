"""The commands of the README, as they stand there: each code block under a `<!-- command: NAME -->`.

python tests/support/readme.py test        prints the command that runs the tests
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parents[2] / "README.md"
_BLOCK = re.compile(r"<!-- command: (\w+) -->\n```sh\n(.*?)```", re.DOTALL)


def commands() -> dict[str, str]:
    """Name → shell text, of every marked block."""
    return {name: text.strip() for name, text in _BLOCK.findall(README.read_text(encoding="utf-8"))}


if __name__ == "__main__":
    sys.stdout.write(commands()[sys.argv[1]] + "\n")
