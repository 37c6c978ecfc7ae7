-- rows: source 1, at most 20 rows, America/New_York
-- $1 text "UA"
-- $2 text "JFK"
-- $3 text "o"
-- $4 integer 5
-- $5 integer 10
select dataset."time_hour" as "time_hour", dataset."flight" as "flight", dataset."origin" as "origin", dataset."dest" as "dest", dataset."tailnum" as "tailnum", dataset."dep_delay" as "dep_delay", dataset."arr_delay" as "arr_delay", dataset."distance" as "distance"
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = (select p1 from fanlight_values)
) as dataset
where dataset."origin" in ((select p2 from fanlight_values))
  and positionCaseInsensitiveUTF8(toString(dataset."dest"), (select p3 from fanlight_values)) > 0
  and (dataset."dep_delay" between (select p4 from fanlight_values) and (select p5 from fanlight_values))
  and dataset."tailnum" is not null
order by "time_hour" desc nulls last, "flight" nulls last, "origin" nulls last, "dest" nulls last, "tailnum" nulls last, "dep_delay" nulls last, "arr_delay" nulls last, "distance" nulls last
limit 20 offset 0;

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
where carrier = (select p1 from fanlight_values)
) as dataset
where dataset."origin" in ((select p2 from fanlight_values))
  and positionCaseInsensitiveUTF8(toString(dataset."dest"), (select p3 from fanlight_values)) > 0
  and (dataset."dep_delay" between (select p4 from fanlight_values) and (select p5 from fanlight_values))
  and dataset."tailnum" is not null
) as counted;
