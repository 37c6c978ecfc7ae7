-- rows: source 2, at most 1000 rows, UTC
-- $1 integer 1000
select *
from (
select dataset.`origin` as `value`, dataset.`dest` as `label`
from (
select * from flights
) as dataset
where dataset.`origin` is not null
group by 1, 2
) as result
order by result.`label` is null, result.`label`, result.`value` is null, result.`value`
limit ?;
