-- rows: source 1, at most 10000 rows, UTC
-- $1 text "UTC"
-- $2 text "UA"
-- $3 text "UA"
select fanlight_bucket('day', dataset."time_hour", ?1) as "time_hour", dataset."origin" as "origin", count(*) as "n"
from (
select *
from (
select * from flights
) as policy
where policy."carrier" = ?2 and cast(policy."carrier" as text) collate binary = ?3
) as dataset
group by 1, 2
order by 1 nulls last, 2 nulls last, 3 nulls last;
