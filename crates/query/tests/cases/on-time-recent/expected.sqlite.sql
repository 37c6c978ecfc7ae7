-- rows: source 1, at most 20 rows, America/New_York
-- $1 text "UA"
-- $2 integer 20
-- $3 integer 0
select dataset."time_hour" as "time_hour", dataset."flight" as "flight", dataset."origin" as "origin", dataset."dest" as "dest", dataset."tailnum" as "tailnum", dataset."dep_delay" as "dep_delay", dataset."arr_delay" as "arr_delay", dataset."distance" as "distance"
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = ?1 collate binary
) as dataset
order by 1 desc nulls last, 2 nulls last, 3 nulls last, 4 nulls last, 5 nulls last, 6 nulls last, 7 nulls last, 8 nulls last
limit ?2 offset ?3;

-- total: source 1, at most 1 rows, America/New_York
-- $1 text "UA"
select count(*) as "total"
from (
select dataset."time_hour" as "time_hour", dataset."flight" as "flight", dataset."origin" as "origin", dataset."dest" as "dest", dataset."tailnum" as "tailnum", dataset."dep_delay" as "dep_delay", dataset."arr_delay" as "arr_delay", dataset."distance" as "distance"
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = ?1 collate binary
) as dataset
) as counted;
