-- rows: source 1, at most 20 rows, America/New_York
-- $1 text "UA"
-- $2 integer 20
-- $3 integer 0
select dataset.`time_hour` as `time_hour`, dataset.`flight` as `flight`, dataset.`origin` as `origin`, dataset.`dest` as `dest`, dataset.`tailnum` as `tailnum`, dataset.`dep_delay` as `dep_delay`, dataset.`arr_delay` as `arr_delay`, dataset.`distance` as `distance`
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = cast(? as binary)
) as dataset
order by dataset.`time_hour` desc, dataset.`flight` is null, dataset.`flight`, dataset.`origin` is null, dataset.`origin`, dataset.`dest` is null, dataset.`dest`, dataset.`tailnum` is null, dataset.`tailnum`, dataset.`dep_delay` is null, dataset.`dep_delay`, dataset.`arr_delay` is null, dataset.`arr_delay`, dataset.`distance` is null, dataset.`distance`
limit ? offset ?;

-- total: source 1, at most 1 rows, America/New_York
-- $1 text "UA"
select count(*) as `total`
from (
select dataset.`time_hour` as `time_hour`, dataset.`flight` as `flight`, dataset.`origin` as `origin`, dataset.`dest` as `dest`, dataset.`tailnum` as `tailnum`, dataset.`dep_delay` as `dep_delay`, dataset.`arr_delay` as `arr_delay`, dataset.`distance` as `distance`
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = cast(? as binary)
) as dataset
) as counted;
