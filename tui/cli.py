"""The command line. The only place that knows the subcommands; what they need is imported when they run.

The first positional is a subcommand if it equals one exactly and no `--` stands before it. Options may stand anywhere.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from tui.usage import UsageError
from tui.version import version

if TYPE_CHECKING:
    from tui.settings import Settings
    from tui.workspace import Start

USAGE = 2
ONLY_SERVE = ("host", "port", "keep", "replay", "allow_host")
NOT_SETTINGS = ("words", "param", "json", "version", "help", "speed", "fault", "yes", *ONLY_SERVE)
INTERRUPTED = 130
EPILOG = """\
  streamtui [PROMPT]...      open the app; each PROMPT starts at once, in a tab of its own
  streamtui ask [PROMPT]     stream one answer to standard output; standard input is part of the prompt
  streamtui models           list the models that the endpoint offers, one a line
  streamtui replay FILE...   play recordings, each in a tab; one alone goes to standard output if that is no terminal
  streamtui serve            an OpenAI-compatible server: a gateway to every provider, whose streams outlive their connections

After -- every word is a prompt. A key comes from the environment (OPENAI_API_KEY, ...), never from an option.
Exit codes of ask: 0 complete, 1 failed, 2 usage, 3 interrupted, 4 truncated, filtered or refused, 130 cancelled.
"""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError."""
        raise UsageError(" ".join(message.split()))


def parser() -> Parser:
    """All options, of all subcommands."""
    made = Parser(
        prog="streamtui",
        usage="streamtui [ask | models | replay | serve] [OPTIONS] [PROMPT | FILE]...",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        add_help=False,
    )
    add = made.add_argument
    add("words", nargs="*", metavar="PROMPT", help=argparse.SUPPRESS)
    add("-m", "--model", metavar="NAME", help="the model; else the provider's own, else the first that the endpoint lists")
    add("--base-url", metavar="URL", help="an OpenAI-compatible endpoint, such as http://127.0.0.1:8080/v1")
    add("--provider", metavar="NAME", help="a provider of the config file, or a known one (openai, ollama, groq, ...)")
    add("--system", metavar="TEXT", help="the system prompt")
    add(
        "-p", "--param", metavar="NAME=JSON", action="append", help="into the request body, such as temperature=0.2; repeatable"
    )
    add("--connect-timeout", metavar="S", help="seconds to connect (10; 0 is off, here and below)")
    add("--first-token-timeout", metavar="S", help="seconds to the first piece of an answer (120)")
    add("--stall-timeout", metavar="S", help="seconds between two pieces (60)")
    add("--tools", metavar="FILE.py", action="append", help="tools for the model: a file, a module, or builtin; repeatable")
    add("--no-tools", dest="tools", action="store_const", const=[], help="no tools, whatever the config file says")
    add(
        "--allow-tool",
        dest="allow_tools",
        metavar="NAME",
        action="append",
        help="a read-only tool that need not ask",
    )
    add("--yes", metavar="NAME", action="append", default=[], help="ask: a tool that runs without asking; repeatable")
    add("--max-tool-rounds", metavar="N", help="how often the model may call tools in one answer (8)")
    add("--tool-timeout", metavar="S", help="seconds that a tool may take (30)")
    add("--max-retries", metavar="N", help="retries before an answer begins (2)")
    add("--config", metavar="FILE", help="the config file, instead of the platform's own")
    add("--data-dir", metavar="DIR", help="where conversations are kept, instead of the platform's own folder")
    add("--new", action="store_true", default=None, help="start with no saved tabs")
    add("--no-save", dest="save", action="store_false", default=None, help="keep nothing on disk")
    add("--record", metavar="DIR", help="record each stream into a file of this folder, without keys")
    add("--host", metavar="HOST", help="serve: where to listen (127.0.0.1); any other place wants STREAMTUI_SERVE_TOKEN")
    add("--port", metavar="N", help="serve: 0 takes a free one (8090)")
    add("--keep", metavar="S", help="serve: seconds that a stream is kept after its end (3600)")
    add("--replay", metavar="DIR", help="serve: the recordings of a folder as models, too")
    add("--allow-host", metavar="NAME,...", help="serve: more names by which clients may call this server")
    add("--speed", metavar="X", help="replay, serve: a factor, or max for as fast as possible (1)")
    add("--fault", metavar="KIND@N", help="replay, serve: break at piece N: cut, reset, stall, garbage or error")
    add("--theme", metavar="NAME", help="the app's theme")
    add("--json", action="store_true", help="ask, replay: print one JSON object at the end")
    add("--version", action="store_true", help="print the version")
    add("-h", "--help", action="store_true", help="print this")
    return made


def split(argv: Sequence[str]) -> tuple[argparse.Namespace, str | None, list[str]]:
    """(options, the subcommand or None, the prompts). Raises UsageError."""
    arguments = list(argv)
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options = parser().parse_intermixed_args(arguments[:end])
    words: list[str] = options.words
    command = words.pop(0) if words and words[0] in COMMANDS else None
    return options, command, words + arguments[end + 1 :]


def flags(options: argparse.Namespace) -> dict[str, Any]:
    """What `load_settings` takes. Raises UsageError for a parameter that is not NAME=JSON."""
    given = {name: value for name, value in vars(options).items() if name not in NOT_SETTINGS}
    if options.param:
        given["params"] = dict(map(_param, options.param))
    return given


def _param(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise UsageError(f"--param: must be NAME=JSON, such as temperature=0.2 (it is {text[:60]!r})")
    from tui.settings.values import parse_json

    try:
        return name, parse_json(value)
    except ValueError:
        raise UsageError(f"--param {name}: must be JSON; a text needs its quotes: {name}='\"...\"'") from None


def open_app(settings: Settings, prompts: list[str], options: argparse.Namespace, starts: Sequence[Start] = ()) -> int:
    """The app, until it is left."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout and sys.stdout.isatty()):
        raise UsageError("the app needs a terminal; `streamtui ask` works without one")
    from tui.warm_up import hold_collector

    hold_collector()
    from tui.app import StreamTUI

    app = StreamTUI(settings, prompts, starts=starts)
    from tui.tools import ToolsError

    try:
        app.workspace.load_tools()
    except ToolsError as error:
        raise UsageError(str(error)) from None
    if settings.theme and settings.theme not in app.available_themes:
        themes = ", ".join(sorted(app.available_themes))
        raise UsageError(f"{settings.place('theme')}: must be one of {themes} (it is {settings.theme!r})")
    from tui.terminal.own import own_terminal

    with own_terminal():
        app.run()
    return app.return_code or 0


def run_ask(settings: Settings, prompts: list[str], options: argparse.Namespace) -> int:
    """One answer to standard output."""
    from tui.ask import ask

    return ask(settings, " ".join(prompts), as_json=options.json, yes=options.yes)


def run_models(settings: Settings, prompts: list[str], options: argparse.Namespace) -> int:
    """The models, one a line."""
    if prompts:
        raise UsageError(f"models takes no prompt (there is {prompts[0][:60]!r})")
    from tui.list_models import print_models

    return print_models(settings)


def run_replay(settings: Settings, files: list[str], options: argparse.Namespace) -> int:
    """Recordings in the app, or one to standard output."""
    from tui.replays import replays

    settings, starts = replays(settings, files, options.speed, options.fault)
    if len(starts) == 1 and (options.json or not (sys.stdout and sys.stdout.isatty())):
        from tui.ask import ask

        (start,) = starts
        return ask(settings, start.prompt, as_json=options.json, endpoint=start.endpoint)
    if options.json:
        raise UsageError("--json goes with one recording")
    return open_app(settings, [], options, starts)


def run_serve(settings: Settings, words: list[str], options: argparse.Namespace) -> int:
    """The server, until a signal ends it."""
    from importlib.util import find_spec

    if words:
        raise UsageError(f"serve takes no prompt (there is {words[0][:60]!r})")
    if missing := [name for name in ("fastapi", "uvicorn") if find_spec(name) is None]:
        raise UsageError(f"serve needs {' and '.join(missing)}: pip install 'streamtui[serve]'")
    from tui.serve.options import read_options
    from tui.serve.run import serve

    return serve(settings, read_options(vars(options)))


Command = Callable[["Settings", list[str], argparse.Namespace], int]
COMMANDS: dict[str, Command] = {"ask": run_ask, "models": run_models, "replay": run_replay, "serve": run_serve}


def main(argv: Sequence[str] | None = None) -> int:
    """Run; the exit code."""
    try:
        return _main(sys.argv[1:] if argv is None else argv)
    except UsageError as error:
        from tui.printing import say
        from tui.safe_text import visible_line

        say(visible_line(str(error)))
        return USAGE
    except BrokenPipeError:  # nobody wants to know any more
        return 0
    except KeyboardInterrupt:  # before there was anything to stop
        return INTERRUPTED


def _main(argv: Sequence[str]) -> int:
    options, command, prompts = split(argv)
    if options.version or options.help:
        from tui.printing import write

        write(f"streamtui {version()}\n" if options.version else parser().format_help())
        return 0
    if options.json and command not in ("ask", "replay"):
        raise UsageError("--json goes with ask and replay")
    if options.yes and command != "ask":
        raise UsageError("--yes goes with ask")
    if (options.speed or options.fault) and command not in ("replay", "serve"):
        raise UsageError("--speed and --fault go with replay and serve")
    if command != "serve" and (other := [name for name in ONLY_SERVE if getattr(options, name) is not None]):
        raise UsageError(f"--{other[0].replace('_', '-')} goes with serve")
    given = flags(options)
    from tui.settings import SettingsError, load_settings

    try:
        return COMMANDS.get(command or "", open_app)(load_settings(given, os.environ), prompts, options)
    except SettingsError as error:
        raise UsageError(str(error)) from None
