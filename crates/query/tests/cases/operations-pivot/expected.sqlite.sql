-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- then Pivot { column: 1, measures: [2, 3] }
-- then Page { offset: 6, size: 6 }
select fanlight_bucket('month', dataset."time_hour", ?1) as "month", dataset."origin" as "origin", count(*) as "flights", avg(dataset."dep_delay") as "delay"
from (
select * from flights where carrier = ?2 collate binary
) as dataset
group by 1, 2
order by 1 nulls last, 2 nulls last, 3 nulls last, 4 nulls last;

-- totals: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- then Pivot { column: 0, measures: [1, 2] }
select dataset."origin" as "origin", count(*) as "flights", avg(dataset."dep_delay") as "delay"
from (
select * from flights where carrier = ?1 collate binary
) as dataset
group by 1;
