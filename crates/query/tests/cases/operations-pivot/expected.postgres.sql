-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- then Pivot { column: 1, measures: [2, 3] }
-- then Page { offset: 6, size: 6 }
select cast(date_trunc('month', case when pg_typeof(dataset."time_hour") = cast('date' as regtype) then cast(dataset."time_hour" as timestamp) else timezone(cast($1 as text), cast(dataset."time_hour" as timestamptz)) end) as date) as "month", dataset."origin" as "origin", count(*) as "flights", avg(dataset."dep_delay") as "delay"
from (
select * from flights where carrier = $2
) as dataset
group by 1, 2
order by 1 nulls last, 2 nulls last, 3 nulls last, 4 nulls last;

-- totals: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- then Pivot { column: 0, measures: [1, 2] }
select dataset."origin" as "origin", count(*) as "flights", avg(dataset."dep_delay") as "delay"
from (
select * from flights where carrier = $1
) as dataset
group by 1;
