"""Tools that a model may call: Python functions, their schemas, and how they are run.

A file of tools needs nothing of this: public functions with type hints and a docstring are tools. `tool` says more of one:

    from tui.tools import tool

    @tool(read_only=True, timeout=5)
    def population(city: str) -> int: ...

`progress("half way")` says how far a tool is, from inside of it; a parameter with the type `Progress` is the same function.
"""

from tui.tools.errors import ToolsError
from tui.tools.marks import tool
from tui.tools.reporting import Progress, progress

__all__ = ["Progress", "ToolsError", "progress", "tool"]
