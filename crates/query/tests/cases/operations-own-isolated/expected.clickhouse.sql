-- rows: source 2, at most 5 rows, UTC
-- $1 text "JFK"
select dataset."origin" as "origin", count(*) as "n"
from (
select * from flights where origin in ((select p1 from fanlight_values))
) as dataset
group by "origin"
order by "origin" nulls last, "n" nulls last
limit 5;
