-- rows: source 1, at most 10000 rows, UTC
-- $1 text "UTC"
-- $2 text "UA"
select (toDate(dataset."time_hour", (select p1 from fanlight_values))) as "time_hour", dataset."origin" as "origin", count(*) as "n"
from (
select *
from (
select * from flights
) as policy
where policy."carrier" = (select p2 from fanlight_values)
) as dataset
group by "time_hour", "origin"
order by "time_hour" nulls last, "origin" nulls last, "n" nulls last;
