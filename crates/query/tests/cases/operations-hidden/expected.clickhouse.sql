-- rows: source 1, at most 50 rows, UTC
-- $1 text "UA"
select dataset."origin" as "origin", dataset."dest" as "dest"
from (
select * from flights where carrier = (select p1 from fanlight_values)
) as dataset
order by dataset."time_hour" desc nulls last, "dest" nulls last, "origin" nulls last
limit 50 offset 0;

-- total: source 1, at most 1 rows, UTC
-- $1 text "UA"
select count(*) as "total"
from (
select dataset."origin" as "origin", dataset."dest" as "dest"
from (
select * from flights where carrier = (select p1 from fanlight_values)
) as dataset
) as counted;
