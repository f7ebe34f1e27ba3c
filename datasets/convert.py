"""Pinned packages -> the plain text files that the server embeds (see README.md).

usage: convert.py FOLDER_WITH_WHEELS CRAWLER_USER_AGENTS_JSON FOLDER_FOR_RESULTS

Standard library only. The rules come as Python source; it is read as a syntax tree and never run.
"""

import ast
import json
import sys
import zipfile
from pathlib import Path

# Which list goes to which file, and what the arguments of its entries are called in uap-core's regexes.yaml.
RULES = {
    "USER_AGENT_PARSERS": (
        "browsers",
        ["regex", "family_replacement", "v1_replacement", "v2_replacement"],
    ),
    "OS_PARSERS": (
        "systems",
        ["regex", "os_replacement"] + [f"os_v{number}_replacement" for number in (1, 2, 3, 4)],
    ),
    "DEVICE_PARSERS": (
        "devices",
        ["regex", "regex_flag", "device_replacement", "brand_replacement", "model_replacement"],
    ),
}

# Old names that today's database links to a zone of another country because their clocks agree since 1970. Their own
# country is that of the zone named in the comments of tzdata's file `backward`.
ELSEWHERE = {
    "Africa/Asmera": "ER",
    "Africa/Timbuktu": "ML",
    "America/Coral_Harbour": "CA",
    "America/Virgin": "VI",
    "Antarctica/South_Pole": "AQ",
    "Atlantic/Jan_Mayen": "SJ",
    "Iceland": "IS",
    "Pacific/Johnston": "UM",
    "Pacific/Ponape": "FM",
    "Pacific/Truk": "FM",
    "Pacific/Yap": "FM",
}

# Names of an offset and its rules, not of a place.
NOWHERE = {"CET", "CST6CDT", "EET", "EST", "EST5EDT", "HST", "MET", "MST", "MST7MDT", "PST8PDT", "WET"}


def wheel(folder, name):
    """The one wheel of a package."""
    found = list(Path(folder).glob(f"{name}-*.whl"))
    if len(found) != 1:
        sys.exit(f"{folder} holds {len(found)} wheels of {name}, one is expected")
    return zipfile.ZipFile(found[0])


def rules(source):
    """(file, rules) for each list in the module `regexes`."""
    for statement in ast.parse(source).body:
        name = getattr(statement.targets[0], "id", "") if isinstance(statement, ast.Assign) else ""
        if name not in RULES:
            continue
        file, words = RULES[name]
        entries = []
        for call in statement.value.elts:
            values = [ast.literal_eval(argument) for argument in call.args]
            if call.keywords or len(values) > len(words):
                sys.exit(f"{name} has an entry of unknown shape: {ast.dump(call)}")
            entries.append({word: value for word, value in zip(words, values) if value is not None})
        yield file, entries


def time_zones(zone_tab, tzdata_zi):
    """Zone -> country, old names included."""
    countries = {}
    for line in zone_tab.splitlines():
        if not line.startswith("#"):
            country, _coordinates, zone = line.split("\t")[:3]
            countries[zone] = country
    links = [line.split()[1:3] for line in tzdata_zi.splitlines() if line.startswith("L ")]
    old = {name: countries[target] for target, name in links if target in countries}
    found = {**old, **ELSEWHERE, **countries}
    return {zone: country for zone, country in sorted(found.items()) if zone not in NOWHERE}


def write(path, lines):
    """A file with at least a hundred lines: fewer mean that a package changed its shape."""
    if len(lines) < 100 or any("\n" in line for line in lines):
        sys.exit(f"{path.name} would have {len(lines)} lines; has its package changed its shape?")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(wheels, crawlers, results):
    """Writes every file."""
    results = Path(results)
    source = wheel(wheels, "ua_parser_builtins").read("ua_parser_builtins/regexes.py").decode()
    for file, entries in rules(source):
        write(results / f"{file}.ndjson", [json.dumps(entry, separators=(",", ":")) for entry in entries])
    entries = json.loads(Path(crawlers).read_text(encoding="utf-8"))
    write(results / "crawlers.tsv", [f"{entry['tags'][0]}\t{entry['pattern']}" for entry in entries])
    zones = wheel(wheels, "tzdata")
    table = time_zones(
        *(zones.read(f"tzdata/zoneinfo/{name}").decode() for name in ("zone.tab", "tzdata.zi"))
    )
    write(results / "time_zones.tsv", [f"{zone}\t{country}" for zone, country in table.items()])


main(*sys.argv[1:])
