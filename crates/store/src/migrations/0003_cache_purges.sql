-- Since which generation of the definitions kept results count: one row per data source and per
-- dashboard that was purged, and one for all of them, with the target 0.
CREATE TABLE cache_purge (
  kind       {text} NOT NULL,
  target     {integer} NOT NULL,
  generation {integer} NOT NULL,
  PRIMARY KEY (kind, target)
) {strict_keyed};
