-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "Others"
-- $2 text "UA"
-- $3 text "JFK"
-- $4 integer 3
-- $5 text "UA"
-- $6 text "JFK"
select result."dest", result."flights", result."p90"
from (
select case when dataset."fanlight others" = 1 then $1 else cast(dataset."dest" as varchar) end as "dest", count(*) as "flights", percentile_cont(0.9) within group (order by dataset."arr_delay") as "p90", dataset."fanlight others" as "fanlight others"
from (
select dataset.*, case when dataset."dest" in (
select kept."dest"
from (
select dataset."dest" as "dest", count(*) as "flights", percentile_cont(0.9) within group (order by dataset."arr_delay") as "p90"
from (
select * from flights where carrier = $2
) as dataset
where dataset."origin" = $3
  and dataset."dest" is not null
group by 1
order by 2 desc nulls last, 1 nulls last, 3 nulls last
limit $4
) as kept
) then 0 else 1 end as "fanlight others"
from (
select * from flights where carrier = $5
) as dataset
where dataset."origin" = $6
) as dataset
group by 1, 4
) as result
order by result."fanlight others", 2 desc nulls last, 1 nulls last, 3 nulls last;
