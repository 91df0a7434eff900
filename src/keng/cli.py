"""Every engine and every chore as one command: `keng COMMAND`. A command's module is imported only when it is called."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True, slots=True)
class Command:
    """A word of the command line. `module` offers `add_arguments(parser)` and `run(options) -> exit status`."""

    module: str
    help: str


COMMANDS: dict[str, Command] = {
    "extract": Command("keng.engines.extract.command", "find phones, accounts, links and money in texts"),
    "classify": Command("keng.engines.classify.command", "tell scams, and by which trick, from spam and true messages"),
    "link": Command("keng.commands.link", "join reports into campaigns"),
    "cleanse": Command("keng.engines.cleanse.command", "match a register of SIMs or accounts against the population"),
    "signs": Command(
        "keng.engines.signs.command", "hold the signs of mule accounts and junk SIMs against accounts and SIMs"
    ),
    "keep-signs": Command("keng.site.commands.keep_signs", "keep what `keng signs` came to, as a shadow run"),
    "simo": Command("keng.site.commands.simo", "take and give SIMO-shaped lists of a bank's accounts"),
    "nation": Command("keng.nation.command", "make a synthetic country"),
    "ledger": Command("keng.desk.ground.ledger.command", "verify or export the ledger"),
    "organisations": Command(
        "keng.desk.ground.organisations.command", "load the tree of units, let it follow a new map"
    ),
    "key": Command("keng.base.keys_command", "make a signing key"),
    "serve": Command("keng.site.commands.serve", "serve the pages and the API"),
    "worker": Command("keng.site.commands.worker", "send what is in the outbox, end what is over"),
    "sms": Command("keng.site.commands.sms", "carry SMS: answer 156 and 5656 through an SMS centre"),
    "hand": Command("keng.site.commands.hand", "do background tasks (the worker starts it when needed)"),
    "linker": Command("keng.site.commands.linker", "place reports in campaigns as they arrive (the worker starts it)"),
    "sequencer": Command("keng.site.commands.sequencer", "give ledger entries their places and sign checkpoints"),
    "robot": Command("keng.nation.robot.command", "a bank, carrier, registry or platform that answers requests (demo)"),
    "demo": Command("keng.site.commands.demo", "everything together on a country that lives"),
    "keys": Command("keng.site.commands.keys", "list, rotate, retire and destroy this installation's keys"),
    "retention": Command("keng.site.commands.retention", "let go what the retention table no longer keeps"),
    "replay": Command("keng.site.commands.replay", "try a reading model on stored reports; nothing changes"),
    "verdicts": Command("keng.site.commands.verdicts", "officers' words on the machine's verdicts, as evaluation data"),
    "officers": Command("keng.site.commands.officers", "invite an officer to sign in"),
    "doctor": Command("keng.site.commands.doctor", "check this installation"),
}

STATUS_INTERRUPTED = 130


def build_overview() -> argparse.ArgumentParser:
    """The parser behind `keng --help`: names and one line each, importing none of them."""
    width = max(map(len, COMMANDS)) + 2
    lines = "\n".join(f"  {name:<{width}}{command.help}" for name, command in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="keng",
        description="Kẻng - one report becomes lawful action within minutes.",
        epilog=f"commands:\n{lines}\n\nkeng COMMAND --help tells the options of one.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="keng COMMAND [options]",
    )
    parser.add_argument("command", nargs="?", choices=[*COMMANDS], metavar="COMMAND")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status (contract: 0 done, 3 rows skipped, 2 unusable, 1 our fault, 130 interrupted)."""
    words = sys.argv[1:] if arguments is None else arguments
    overview = build_overview()
    if not words or words[0] not in COMMANDS:
        overview.parse_args(words[:1])
        overview.print_help()
        return 0
    command = COMMANDS[words[0]]
    module = import_module(command.module)
    parser = argparse.ArgumentParser(prog=f"keng {words[0]}", description=module.__doc__)
    module.add_arguments(parser)
    options = parser.parse_args(words[1:])
    try:
        return int(module.run(options))
    except KeyboardInterrupt:
        return STATUS_INTERRUPTED
    except BrokenPipeError:
        return 0


if __name__ == "__main__":
    sys.exit(main())
