-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 integer 10
-- then Sort([Column { column: 0, descending: false }])
-- then Page { offset: 0, size: 10 }
select dataset."dest" as "dest", count(*) as "flights", avg(dataset."arr_delay") as "avg_arr_delay"
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = $1
) as dataset
group by 1
order by 2 desc nulls last, 1 nulls last, 3 nulls last
limit $2;
