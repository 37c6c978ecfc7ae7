-- rows: source 1, at most 1000 rows, America/New_York
-- $1 text "UA"
select result."fanlight column 1" as "value", result."fanlight column 2" as "label"
from (
select dataset."origin" as "fanlight column 1", dataset."origin" as "fanlight column 2"
from (
select origin
from flights
where carrier = (select p1 from fanlight_values)
) as dataset
where dataset."origin" is not null
group by "fanlight column 1", "fanlight column 2"
) as result
order by "label" nulls last, "value" nulls last
limit 1000;
