-- rows: source 1, at most 10 rows, America/New_York
-- $1 text "UA"
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
limit 0 offset 20;

-- total: source 1, at most 1 rows, America/New_York
-- $1 text "UA"
select count(*) as "total"
from (
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
limit 10
) as counted;
