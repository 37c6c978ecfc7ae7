-- rows: source 1, at most 7 rows, America/New_York
-- $1 text "UA"
select dataset."dest" as "dest", count(*) as "flights", avg(dataset."arr_delay") as "avg_arr_delay"
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = (select p1 from fanlight_values)
) as dataset
group by "dest"
order by "flights" desc nulls last, "dest" nulls last, "avg_arr_delay" nulls last
limit 3 offset 7;

-- total: source 1, at most 1 rows, America/New_York
-- $1 text "UA"
select count(*) as "total"
from (
select dataset."dest" as "dest", count(*) as "flights", avg(dataset."arr_delay") as "avg_arr_delay"
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = (select p1 from fanlight_values)
) as dataset
group by "dest"
limit 10
) as counted;
