-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "Elsewhere"
-- $2 text "America/New_York"
-- $3 text "UA"
-- $4 text "UA"
-- $5 integer 5
select result."fanlight column 1" as "dest", result."fanlight column 2" as "month", result."fanlight column 3" as "flights"
from (
select case when dataset."fanlight others" = 1 then (select p1 from fanlight_values) else toString(dataset."dest") end as "fanlight column 1", toStartOfMonth(toDate(dataset."time_hour", (select p2 from fanlight_values))) as "fanlight column 2", count(*) as "fanlight column 3", dataset."fanlight others" as "fanlight others"
from (
select dataset.*, case when dataset."dest" in (
select kept."dest"
from (
select result."fanlight column 1" as "dest", result."fanlight column 2" as "flights"
from (
select dataset."dest" as "fanlight column 1", count(*) as "fanlight column 2"
from (
select * from flights where carrier = (select p3 from fanlight_values)
) as dataset
where dataset."dest" is not null
group by "fanlight column 1"
) as result
order by "flights" desc nulls last, "dest" nulls last
limit 3
) as kept
) then 0 else 1 end as "fanlight others"
from (
select * from flights where carrier = (select p4 from fanlight_values)
) as dataset
) as dataset
group by "fanlight column 1", "fanlight column 2", "fanlight others"
) as result
where result."fanlight column 3" > (select p5 from fanlight_values)
order by "month" nulls last, result."fanlight others", "flights" desc nulls last, "dest" nulls last;
