-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- $3 text "2013-03-01"
-- $4 integer 100
select *
from (
select fanlight_bucket('month', dataset."time_hour", ?1) as "month", count(*) as "flights"
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = ?2 collate binary
) as dataset
group by 1
) as result
where result."month" >= ?3
  and result."flights" > ?4
order by 2 desc nulls last, 1 nulls last;
