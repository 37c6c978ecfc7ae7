-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "Elsewhere"
-- $2 text "America/New_York"
-- $3 text "UA"
-- $4 text "UA"
-- $5 integer 5
select result."dest", result."month", result."flights"
from (
select case when dataset."fanlight others" = 1 then (select p1 from fanlight_values) else toString(dataset."dest") end as "dest", toStartOfMonth(toDate(dataset."time_hour", (select p2 from fanlight_values))) as "month", count(*) as "flights", dataset."fanlight others" as "fanlight others"
from (
select dataset.*, case when dataset."dest" in (
select kept."dest"
from (
select dataset."dest" as "dest", count(*) as "flights"
from (
select * from flights where carrier = (select p3 from fanlight_values)
) as dataset
where dataset."dest" is not null
group by "dest"
order by "flights" desc nulls last, "dest" nulls last
limit 3
) as kept
) then 0 else 1 end as "fanlight others"
from (
select * from flights where carrier = (select p4 from fanlight_values)
) as dataset
) as dataset
group by "dest", "month", "fanlight others"
) as result
where result."flights" > (select p5 from fanlight_values)
order by "month" nulls last, result."fanlight others", "flights" desc nulls last, "dest" nulls last;
