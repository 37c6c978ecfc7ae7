-- rows: source 1, at most 1000 rows, America/New_York
-- $1 text "UA"
-- $2 integer 1000
select dataset."origin" as "value", dataset."origin" as "label"
from (
select origin
from flights
where carrier = ?1 collate binary
) as dataset
where dataset."origin" is not null
group by 1, 2
order by 2 nulls last, 1 nulls last
limit ?2;
