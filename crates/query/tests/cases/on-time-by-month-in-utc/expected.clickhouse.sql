-- rows: source 1, at most 10000 rows, UTC
-- $1 text "UTC"
-- $2 text "UA"
select result."fanlight column 1" as "month", result."fanlight column 2" as "flights"
from (
select toStartOfMonth(toDate(dataset."time_hour", (select p1 from fanlight_values))) as "fanlight column 1", count(*) as "fanlight column 2"
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = (select p2 from fanlight_values)
) as dataset
group by "fanlight column 1"
) as result
order by "month" nulls last, "flights" nulls last;
