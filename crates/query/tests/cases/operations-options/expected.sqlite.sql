-- rows: source 2, at most 1000 rows, UTC
-- $1 integer 1000
select dataset."origin" as "value", dataset."dest" as "label"
from (
select * from flights
) as dataset
where dataset."origin" is not null
group by 1, 2
order by 2 nulls last, 1 nulls last
limit ?1;
