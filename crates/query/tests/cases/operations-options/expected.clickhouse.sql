-- rows: source 2, at most 1000 rows, UTC
select result."fanlight column 1" as "value", result."fanlight column 2" as "label"
from (
select dataset."origin" as "fanlight column 1", dataset."dest" as "fanlight column 2"
from (
select * from flights
) as dataset
where dataset."origin" is not null
group by "fanlight column 1", "fanlight column 2"
) as result
order by "label" nulls last, "value" nulls last
limit 1000;
