-- rows: source 1, at most 50 rows, America/New_York
-- $1 text "UA"
-- $2 text "l"
-- $3 integer 50
-- $4 integer 0
select *
from (
select dataset."dest" as "dest", count(*) as "flights", percentile_cont(0.9) within group (order by dataset."arr_delay") as "p90"
from (
select * from flights where carrier = $1
) as dataset
group by 1
) as result
where strpos(lower(cast(result."dest" as text)), lower($2)) = 1
order by 1 nulls last, 2 nulls last, 3 nulls last
limit $3 offset $4;

-- total: source 1, at most 1 rows, America/New_York
-- $1 text "UA"
-- $2 text "l"
select count(*) as "total"
from (
select *
from (
select dataset."dest" as "dest", count(*) as "flights", percentile_cont(0.9) within group (order by dataset."arr_delay") as "p90"
from (
select * from flights where carrier = $1
) as dataset
group by 1
) as result
where strpos(lower(cast(result."dest" as text)), lower($2)) = 1
) as counted;

-- totals: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 text "l"
select count(*) as "flights", percentile_cont(0.9) within group (order by dataset."arr_delay") as "p90"
from (
select * from flights where carrier = $1
) as dataset
where strpos(lower(cast(dataset."dest" as text)), lower($2)) = 1;
