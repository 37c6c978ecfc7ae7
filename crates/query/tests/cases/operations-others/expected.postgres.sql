-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "Others"
-- $2 text "UA"
-- $3 text "UA"
-- $4 text "JFK"
-- $5 integer 3
-- $6 text "JFK"
select result."dest", result."flights", result."p90"
from (
select case when top."dest" is null then $1 else cast(top."dest" as varchar) end as "dest", count(*) as "flights", percentile_cont(0.9) within group (order by dataset."arr_delay") as "p90", case when top."dest" is null then 1 else 0 end as "fanlight others"
from (
select * from flights where carrier = $2
) as dataset
left join (
select dataset."dest" as "dest", count(*) as "flights", percentile_cont(0.9) within group (order by dataset."arr_delay") as "p90"
from (
select * from flights where carrier = $3
) as dataset
where dataset."origin" = $4
  and dataset."dest" is not null
group by 1
order by 2 desc nulls last, 1 nulls last, 3 nulls last
limit $5
) as top on dataset."dest" = top."dest"
where dataset."origin" = $6
group by 1, 4
) as result
order by result."fanlight others", 2 desc nulls last, 1 nulls last, 3 nulls last;
