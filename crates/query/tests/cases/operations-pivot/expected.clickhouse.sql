-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- then Pivot { column: 1, measures: [2, 3] }
-- then Page { offset: 6, size: 6 }
select result."fanlight column 1" as "month", result."fanlight column 2" as "origin", result."fanlight column 3" as "flights", result."fanlight column 4" as "delay"
from (
select toStartOfMonth(toDate(dataset."time_hour", (select p1 from fanlight_values))) as "fanlight column 1", dataset."origin" as "fanlight column 2", count(*) as "fanlight column 3", case when count() > 0 then avg(dataset."dep_delay") end as "fanlight column 4"
from (
select * from flights where carrier = (select p2 from fanlight_values)
) as dataset
group by "fanlight column 1", "fanlight column 2"
) as result
order by "month" nulls last, "origin" nulls last, "flights" nulls last, "delay" nulls last;

-- totals: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- then Pivot { column: 0, measures: [1, 2] }
select result."fanlight column 1" as "origin", result."fanlight column 2" as "flights", result."fanlight column 3" as "delay"
from (
select dataset."origin" as "fanlight column 1", count(*) as "fanlight column 2", case when count() > 0 then avg(dataset."dep_delay") end as "fanlight column 3"
from (
select * from flights where carrier = (select p1 from fanlight_values)
) as dataset
group by "fanlight column 1"
) as result;
