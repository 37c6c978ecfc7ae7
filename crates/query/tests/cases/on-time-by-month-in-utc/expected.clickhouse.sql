-- rows: source 1, at most 10000 rows, UTC
-- $1 text "UTC"
-- $2 text "UA"
select toStartOfMonth(toDate(dataset."time_hour", (select p1 from fanlight_values))) as "month", count(*) as "flights"
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = (select p2 from fanlight_values)
) as dataset
group by "month"
order by "month" nulls last, "flights" nulls last;
