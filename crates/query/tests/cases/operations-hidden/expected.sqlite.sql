-- rows: source 1, at most 50 rows, UTC
-- $1 text "UA"
-- $2 integer 50
-- $3 integer 0
select dataset."origin" as "origin", dataset."dest" as "dest"
from (
select * from flights where carrier = ?1 collate binary
) as dataset
order by dataset."time_hour" desc nulls last, 2 nulls last, 1 nulls last
limit ?2 offset ?3;

-- total: source 1, at most 1 rows, UTC
-- $1 text "UA"
select count(*) as "total"
from (
select dataset."origin" as "origin", dataset."dest" as "dest"
from (
select * from flights where carrier = ?1 collate binary
) as dataset
) as counted;
