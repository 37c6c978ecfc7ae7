-- rows: source 1, at most 10000 rows, UTC
-- $1 text "UTC"
-- $2 text "UA"
select fanlight_bucket('month', dataset."time_hour", ?1) as "month", count(*) as "flights"
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = ?2 collate binary
) as dataset
group by 1
order by 1 nulls last, 2 nulls last;
