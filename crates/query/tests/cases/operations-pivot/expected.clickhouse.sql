-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- then Pivot { column: 1, measures: [2, 3] }
-- then Page { offset: 6, size: 6 }
select toStartOfMonth(toDate(dataset."time_hour", (select p1 from fanlight_values))) as "month", dataset."origin" as "origin", count(*) as "flights", avg(dataset."dep_delay") as "delay"
from (
select * from flights where carrier = (select p2 from fanlight_values)
) as dataset
group by "month", "origin"
order by "month" nulls last, "origin" nulls last, "flights" nulls last, "delay" nulls last;

-- totals: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- then Pivot { column: 0, measures: [1, 2] }
select dataset."origin" as "origin", count(*) as "flights", avg(dataset."dep_delay") as "delay"
from (
select * from flights where carrier = (select p1 from fanlight_values)
) as dataset
group by "origin";
