-- rows: source 1, at most 10000 rows, UTC
-- $1 text "UTC"
-- $2 text "UA"
select cast(date_trunc('day', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($1, cast(dataset."time_hour" as timestamptz)) end) as date) as "time_hour", dataset."origin" as "origin", count(*) as "n"
from (
select *
from (
select * from flights
) as policy
where policy."carrier" = $2
) as dataset
group by 1, 2
order by 1 nulls last, 2 nulls last, 3 nulls last;
