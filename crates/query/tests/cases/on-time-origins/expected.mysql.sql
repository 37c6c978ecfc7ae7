-- rows: source 1, at most 1000 rows, America/New_York
-- $1 text "UA"
-- $2 integer 1000
select *
from (
select dataset.`origin` as `value`, dataset.`origin` as `label`
from (
select origin
from flights
where carrier = cast(? as binary)
) as dataset
where dataset.`origin` is not null
group by 1, 2
) as result
order by result.`label` is null, result.`label`, result.`value` is null, result.`value`
limit ?;
