"""What is made ready beside the screen at the start, so that nothing has to wait for it later.

The event loop shares the interpreter with threads that load, write the terminal and save. One of them keeps it for as long as
the switch interval each time that the loop waits for input, so that is short.

The garbage collector's full passes stop the event loop for 30 to 70 ms, nearly all of it spent on what start-up made and what
will never go. So it is held until the heavy imports are in, and then looks only at what came after them.
"""

from __future__ import annotations

import gc
import math
import sys

_YOUNG, _MIDDLE, _OLD = 5_000, 20, 50  # rarer passes: what a stream makes dies young and in no cycles
_SWITCH = 0.001  # seconds; five times as often as the default
_SAMPLE = "# a\n\n- *b* [c](d) https://e.example\n\n| f |\n|---|\n| g |\n\n```python\nh = 1\n```\n"


def hold_collector() -> None:
    """Collect no garbage until `warm_up` is through, and let no thread keep the loop waiting."""
    gc.disable()
    sys.setswitchinterval(_SWITCH)


def warm_up() -> None:
    """Load what the first answer needs, and let the collector go, past all that is there now. For a thread; takes 0.1 s."""
    from tui.markdown.markdown_section import MarkdownSection

    try:
        MarkdownSection(_SAMPLE).work(math.inf, range(99))
    finally:
        gc.freeze()
        gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
        gc.enable()
