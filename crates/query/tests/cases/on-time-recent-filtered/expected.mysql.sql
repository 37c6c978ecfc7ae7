-- rows: source 1, at most 20 rows, America/New_York
-- $1 text "UA"
-- $2 text "JFK"
-- $3 text "o"
-- $4 integer 5
-- $5 integer 10
-- $6 integer 20
-- $7 integer 0
select dataset.`time_hour` as `time_hour`, dataset.`flight` as `flight`, dataset.`origin` as `origin`, dataset.`dest` as `dest`, dataset.`tailnum` as `tailnum`, dataset.`dep_delay` as `dep_delay`, dataset.`arr_delay` as `arr_delay`, dataset.`distance` as `distance`
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = cast(? as binary)
) as dataset
where dataset.`origin` in (?)
  and locate(lower(convert(? using utf8mb4)) collate utf8mb4_bin, lower(convert(dataset.`dest` using utf8mb4))) > 0
  and (dataset.`dep_delay` between ? and ?)
  and dataset.`tailnum` is not null
order by dataset.`time_hour` desc, dataset.`flight` is null, dataset.`flight`, dataset.`origin` is null, dataset.`origin`, dataset.`dest` is null, dataset.`dest`, dataset.`tailnum` is null, dataset.`tailnum`, dataset.`dep_delay` is null, dataset.`dep_delay`, dataset.`arr_delay` is null, dataset.`arr_delay`, dataset.`distance` is null, dataset.`distance`
limit ? offset ?;

-- total: source 1, at most 1 rows, America/New_York
-- $1 text "UA"
-- $2 text "JFK"
-- $3 text "o"
-- $4 integer 5
-- $5 integer 10
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
where dataset.`origin` in (?)
  and locate(lower(convert(? using utf8mb4)) collate utf8mb4_bin, lower(convert(dataset.`dest` using utf8mb4))) > 0
  and (dataset.`dep_delay` between ? and ?)
  and dataset.`tailnum` is not null
) as counted;
