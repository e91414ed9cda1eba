"""`col skills import DIR`: names of skills, from ESCO's official CSV download."""

import argparse
from pathlib import Path

from col_core.badges.achievements import skills
from col_core.cli.frame import DONE, Subcommands, WrongUse, city_of, database_of


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("skills", help="bring in the names of skills in the city's languages")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    importing = actions.add_parser("import", help="take in ESCO's CSV download")
    importing.add_argument("folder", metavar="DIR", type=Path, help="holds files such as skills_en.csv")
    importing.set_defaults(run=run_import)


def run_import(arguments: argparse.Namespace) -> int:
    """Take in the files and say what came. Raises InvalidInput, WrongUse."""
    folder: Path = arguments.folder
    if not folder.is_dir():
        raise WrongUse(f"{folder} is not a folder; unpack ESCO's download and name the folder that holds its files.")
    config = city_of(arguments)
    languages = tuple(dict.fromkeys((*config.languages, "en")))
    with database_of(config) as database, database.write() as session:
        made = skills.import_folder(session, folder, languages=languages)
    for name in made.passed_over:
        print(f"{name}: passed over, since it holds no skills in {', '.join(languages)}.")
    print(f"{made.skills} skills with {made.labels} names in {', '.join(made.languages)}.")
    return DONE
