-- rows: source 1, at most 20 rows, America/New_York
-- $1 text "UA"
-- $2 text "JFK"
-- $3 text "o"
-- $4 integer 5
-- $5 integer 10
-- $6 integer 20
-- $7 integer 0
select dataset."time_hour" as "time_hour", dataset."flight" as "flight", dataset."origin" as "origin", dataset."dest" as "dest", dataset."tailnum" as "tailnum", dataset."dep_delay" as "dep_delay", dataset."arr_delay" as "arr_delay", dataset."distance" as "distance"
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = ?1 collate binary
) as dataset
where dataset."origin" in (?2)
  and instr(fanlight_lower(cast(dataset."dest" as text)), fanlight_lower(?3)) > 0
  and (dataset."dep_delay" between ?4 and ?5)
  and dataset."tailnum" is not null
order by 1 desc nulls last, 2 nulls last, 3 nulls last, 4 nulls last, 5 nulls last, 6 nulls last, 7 nulls last, 8 nulls last
limit ?6 offset ?7;

-- total: source 1, at most 1 rows, America/New_York
-- $1 text "UA"
-- $2 text "JFK"
-- $3 text "o"
-- $4 integer 5
-- $5 integer 10
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
where dataset."origin" in (?2)
  and instr(fanlight_lower(cast(dataset."dest" as text)), fanlight_lower(?3)) > 0
  and (dataset."dep_delay" between ?4 and ?5)
  and dataset."tailnum" is not null
) as counted;
