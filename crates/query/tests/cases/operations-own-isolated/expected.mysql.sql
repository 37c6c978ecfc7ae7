-- rows: source 2, at most 5 rows, UTC
-- $1 text "JFK"
-- $2 integer 5
select *
from (
select dataset.`origin` as `origin`, count(*) as `n`
from (
select * from flights where origin in (?)
) as dataset
group by 1
) as result
order by result.`origin` is null, result.`origin`, result.`n` is null, result.`n`
limit ?;
