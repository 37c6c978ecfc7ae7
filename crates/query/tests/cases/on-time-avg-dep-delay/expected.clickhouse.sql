-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 text "JFK"
select result."fanlight column 1" as "avg_dep_delay"
from (
select case when count() > 0 then avg(dataset."dep_delay") end as "fanlight column 1"
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = (select p1 from fanlight_values)
  and origin = (select p2 from fanlight_values)
) as dataset
) as result;
