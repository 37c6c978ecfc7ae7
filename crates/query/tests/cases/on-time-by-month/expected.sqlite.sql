-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- $3 timestamp 2013-01-01T05:00:00Z
-- $4 timestamp 2013-07-01T03:59:59.999999Z
select fanlight_bucket('month', dataset."time_hour", ?1) as "month", count(*) as "flights"
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = ?2 collate binary
  
  and time_hour >= ?3
  and time_hour <= ?4
) as dataset
group by 1
order by 1 nulls last, 2 nulls last;
