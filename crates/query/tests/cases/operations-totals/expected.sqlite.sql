-- rows: source 1, at most 50 rows, America/New_York
-- $1 text "UA"
-- $2 text "l"
-- $3 integer 50
-- $4 integer 0
select dataset."dest" as "dest", dataset."distance" as "distance", dataset."dep_delay" as "dep_delay"
from (
select * from flights where carrier = ?1 collate binary
) as dataset
where instr(fanlight_lower(cast(dataset."dest" as text)), fanlight_lower(?2)) = 1
order by 1 nulls last, 2 nulls last, 3 nulls last
limit ?3 offset ?4;

-- total: source 1, at most 1 rows, America/New_York
-- $1 text "UA"
-- $2 text "l"
select count(*) as "total"
from (
select dataset."dest" as "dest", dataset."distance" as "distance", dataset."dep_delay" as "dep_delay"
from (
select * from flights where carrier = ?1 collate binary
) as dataset
where instr(fanlight_lower(cast(dataset."dest" as text)), fanlight_lower(?2)) = 1
) as counted;

-- totals: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 text "l"
select sum(dataset."distance") as "distance", avg(dataset."dep_delay") as "dep_delay"
from (
select * from flights where carrier = ?1 collate binary
) as dataset
where instr(fanlight_lower(cast(dataset."dest" as text)), fanlight_lower(?2)) = 1;
