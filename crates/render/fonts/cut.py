"""Cuts Inter to the scripts and features that exports need, with figures of one width."""

import sys
from fontTools import subset
from fontTools.ttLib import TTFont

# Latin with its extensions, Greek, Cyrillic, punctuation, currencies, letter-like signs, arrows, mathematics, shapes.
RANGES = "20-7E,A0-24F,259,2BB-2BC,2C6-2C7,2C9,2D8-2DD,300-304,306-30C,31B,323,327-328,370-3FF,400-52F,1E00-1EFF,2000-206F,2070-209F,20A0-20BF,2100-214F,2190-2199,2200-2265,25A0-25CF,FFFD"


def points(ranges):
    for part in ranges.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


def tabular(font):
    """What `tnum` would put in place of each glyph."""
    gsub = font["GSUB"].table
    wanted = {
        index
        for record in gsub.FeatureList.FeatureRecord
        if record.FeatureTag == "tnum"
        for index in record.Feature.LookupListIndex
    }
    places = {}
    for index in wanted:
        for table in gsub.LookupList.Lookup[index].SubTable:
            table = getattr(table, "ExtSubTable", table)
            places.update(table.mapping)
    return places


source, target = sys.argv[1:]
font = TTFont(source)
places = tabular(font)
for table in font["cmap"].tables:
    digits = {code: places[name] for code, name in table.cmap.items() if chr(code) in "0123456789"}
    table.cmap = {**table.cmap, **digits}
options = subset.Options()
options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl"]
options.hinting = False
options.name_IDs = ["*"]
options.notdef_outline = True
cutter = subset.Subsetter(options)
cutter.populate(unicodes=list(points(RANGES)))
cutter.subset(font)
font.save(target)
