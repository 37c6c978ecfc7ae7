-- rows: source 1, at most 50 rows, UTC
-- $1 text "UA"
-- $2 integer 50
-- $3 integer 0
select dataset.`origin` as `origin`, dataset.`dest` as `dest`
from (
select * from flights where carrier = cast(? as binary)
) as dataset
order by dataset.`time_hour` desc, dataset.`dest` is null, dataset.`dest`, dataset.`origin` is null, dataset.`origin`
limit ? offset ?;

-- total: source 1, at most 1 rows, UTC
-- $1 text "UA"
select count(*) as `total`
from (
select dataset.`origin` as `origin`, dataset.`dest` as `dest`
from (
select * from flights where carrier = cast(? as binary)
) as dataset
) as counted;
