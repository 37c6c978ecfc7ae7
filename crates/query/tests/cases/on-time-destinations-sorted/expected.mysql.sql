-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 integer 10
-- then Sort([Column { column: 0, descending: false }])
-- then Page { offset: 0, size: 10 }
select *
from (
select dataset.`dest` as `dest`, count(*) as `flights`, avg(cast(dataset.`arr_delay` as double)) as `avg_arr_delay`
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = cast(? as binary)
) as dataset
group by 1
) as result
order by result.`flights` desc, result.`dest` is null, result.`dest`, result.`avg_arr_delay` is null, result.`avg_arr_delay`
limit ?;
