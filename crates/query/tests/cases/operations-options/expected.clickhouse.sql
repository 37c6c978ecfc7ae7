-- rows: source 2, at most 1000 rows, UTC
select dataset."origin" as "value", dataset."dest" as "label"
from (
select * from flights
) as dataset
where dataset."origin" is not null
group by "value", "label"
order by "label" nulls last, "value" nulls last
limit 1000;
