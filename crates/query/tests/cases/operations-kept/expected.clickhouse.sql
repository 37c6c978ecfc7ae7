-- rows: source 1, at most 10000 rows, UTC
-- $1 text "UTC"
-- $2 text "UA"
select result."fanlight column 1" as "time_hour", result."fanlight column 2" as "origin", result."fanlight column 3" as "n"
from (
select (toDate(dataset."time_hour", (select p1 from fanlight_values))) as "fanlight column 1", dataset."origin" as "fanlight column 2", count(*) as "fanlight column 3"
from (
select *
from (
select * from flights
) as policy
where policy."carrier" = (select p2 from fanlight_values)
) as dataset
group by "fanlight column 1", "fanlight column 2"
) as result
order by "time_hour" nulls last, "origin" nulls last, "n" nulls last;
