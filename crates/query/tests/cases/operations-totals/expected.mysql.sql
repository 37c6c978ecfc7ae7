-- rows: source 1, at most 50 rows, America/New_York
-- $1 text "UA"
-- $2 text "l"
-- $3 integer 50
-- $4 integer 0
select dataset.`dest` as `dest`, dataset.`distance` as `distance`, dataset.`dep_delay` as `dep_delay`
from (
select * from flights where carrier = cast(? as binary)
) as dataset
where locate(lower(convert(? using utf8mb4)) collate utf8mb4_bin, lower(convert(dataset.`dest` using utf8mb4))) = 1
order by dataset.`dest` is null, dataset.`dest`, dataset.`distance` is null, dataset.`distance`, dataset.`dep_delay` is null, dataset.`dep_delay`
limit ? offset ?;

-- total: source 1, at most 1 rows, America/New_York
-- $1 text "UA"
-- $2 text "l"
select count(*) as `total`
from (
select dataset.`dest` as `dest`, dataset.`distance` as `distance`, dataset.`dep_delay` as `dep_delay`
from (
select * from flights where carrier = cast(? as binary)
) as dataset
where locate(lower(convert(? using utf8mb4)) collate utf8mb4_bin, lower(convert(dataset.`dest` using utf8mb4))) = 1
) as counted;

-- totals: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 text "l"
select *
from (
select sum(dataset.`distance`) as `distance`, avg(dataset.`dep_delay`) as `dep_delay`
from (
select * from flights where carrier = cast(? as binary)
) as dataset
where locate(lower(convert(? using utf8mb4)) collate utf8mb4_bin, lower(convert(dataset.`dest` using utf8mb4))) = 1
) as result;
