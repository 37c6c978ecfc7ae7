-- rows: source 1, at most 10000 rows, UTC
-- $1 text "UA"
select cast(date_trunc('day', cast(dataset."time_hour" as timestamp)) as date) as "time_hour", dataset."origin" as "origin", count(*) as "n"
from (
select *
from (
select * from flights
) as policy
where policy."carrier" = $1
) as dataset
group by 1, 2
order by 1 nulls last, 2 nulls last, 3 nulls last;
