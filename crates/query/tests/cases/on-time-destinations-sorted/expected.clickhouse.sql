-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- then Sort([Column { column: 0, descending: false }])
-- then Page { offset: 0, size: 10 }
select result."fanlight column 1" as "dest", result."fanlight column 2" as "flights", result."fanlight column 3" as "avg_arr_delay"
from (
select dataset."dest" as "fanlight column 1", count(*) as "fanlight column 2", case when count() > 0 then avg(dataset."arr_delay") end as "fanlight column 3"
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = (select p1 from fanlight_values)
) as dataset
group by "fanlight column 1"
) as result
order by "flights" desc nulls last, "dest" nulls last, "avg_arr_delay" nulls last
limit 10;
