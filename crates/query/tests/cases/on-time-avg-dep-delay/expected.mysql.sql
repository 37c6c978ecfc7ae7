-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 text "JFK"
select *
from (
select avg(dataset.`dep_delay`) as `avg_dep_delay`
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = cast(? as binary)
  and origin = ?
) as dataset
) as result;
