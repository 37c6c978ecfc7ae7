-- rows: source 1, at most 1000 rows, America/New_York
-- $1 text "UA"
select dataset."origin" as "value", dataset."origin" as "label"
from (
select origin
from flights
where carrier = (select p1 from fanlight_values)
) as dataset
where dataset."origin" is not null
group by "value", "label"
order by "label" nulls last, "value" nulls last
limit 1000;
