-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- $3 text "JFK"
-- $4 text "LGA"
select result."fanlight column 1" as "origin", result."fanlight column 2" as "month", result."fanlight column 3" as "delay_share"
from (
select dataset."origin" as "fanlight column 1", toStartOfMonth(toDate(dataset."time_hour", (select p1 from fanlight_values))) as "fanlight column 2", case when count() > 0 then avg(dataset."is_late") end as "fanlight column 3"
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = (select p2 from fanlight_values)
  
  
  
  and origin in ((select p3 from fanlight_values), (select p4 from fanlight_values))
) as dataset
group by "fanlight column 1", "fanlight column 2"
) as result
order by "month" nulls last, "origin" nulls last, "delay_share" nulls last;
