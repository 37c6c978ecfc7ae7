-- rows: source 2, at most 5 rows, UTC
-- $1 text "JFK"
-- $2 integer 5
select dataset."origin" as "origin", count(*) as "n"
from (
select * from flights where origin in (?1)
) as dataset
group by 1
order by 1 nulls last, 2 nulls last
limit ?2;
