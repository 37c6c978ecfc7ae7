-- rows: source 1, at most 50 rows, America/New_York
-- $1 text "UA"
-- $2 text "l"
select dataset."dest" as "dest", dataset."distance" as "distance", dataset."dep_delay" as "dep_delay"
from (
select * from flights where carrier = (select p1 from fanlight_values)
) as dataset
where positionCaseInsensitiveUTF8(toString(dataset."dest"), (select p2 from fanlight_values)) = 1
order by "dest" nulls last, "distance" nulls last, "dep_delay" nulls last
limit 50 offset 0;

-- total: source 1, at most 1 rows, America/New_York
-- $1 text "UA"
-- $2 text "l"
select count(*) as "total"
from (
select dataset."dest" as "dest", dataset."distance" as "distance", dataset."dep_delay" as "dep_delay"
from (
select * from flights where carrier = (select p1 from fanlight_values)
) as dataset
where positionCaseInsensitiveUTF8(toString(dataset."dest"), (select p2 from fanlight_values)) = 1
) as counted;

-- totals: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 text "l"
select result."fanlight column 1" as "distance", result."fanlight column 2" as "dep_delay"
from (
select case when count() > 0 then sum(dataset."distance") end as "fanlight column 1", case when count() > 0 then avg(dataset."dep_delay") end as "fanlight column 2"
from (
select * from flights where carrier = (select p1 from fanlight_values)
) as dataset
where positionCaseInsensitiveUTF8(toString(dataset."dest"), (select p2 from fanlight_values)) = 1
) as result;
