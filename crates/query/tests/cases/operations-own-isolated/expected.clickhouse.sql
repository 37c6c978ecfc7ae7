-- rows: source 2, at most 5 rows, UTC
-- $1 text "JFK"
select result."fanlight column 1" as "origin", result."fanlight column 2" as "n"
from (
select dataset."origin" as "fanlight column 1", count(*) as "fanlight column 2"
from (
select * from flights where origin in ((select p1 from fanlight_values))
) as dataset
group by "fanlight column 1"
) as result
order by "origin" nulls last, "n" nulls last
limit 5;
