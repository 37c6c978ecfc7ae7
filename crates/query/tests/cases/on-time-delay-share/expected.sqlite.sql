-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- $3 text "JFK"
-- $4 text "LGA"
select dataset."origin" as "origin", fanlight_bucket('month', dataset."time_hour", ?1) as "month", avg(dataset."is_late") as "delay_share"
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = ?2 collate binary
  
  
  
  and origin in (?3, ?4)
) as dataset
group by 1, 2
order by 2 nulls last, 1 nulls last, 3 nulls last;
