-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "Others"
-- $2 text "Others"
-- $3 text "Others"
-- $4 text "UA"
-- $5 text "JFK"
-- $6 integer 3
-- $7 text "UA"
-- $8 text "JFK"
select result."dest", result."flights", result."p90"
from (
select dataset."fanlight key 1" as "dest", count(*) as "flights", sum(case when dataset."arr_delay" is not null and abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1)) < 1 then cast(dataset."arr_delay" as real) * (1 - abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1))) end) as "p90", dataset."fanlight others" as "fanlight others"
from (
select dataset.*, case when dataset."fanlight others" = 1 then ?1 else cast(dataset."dest" as text) end as "fanlight key 1", row_number() over (partition by case when dataset."fanlight others" = 1 then ?2 else cast(dataset."dest" as text) end, dataset."fanlight others", 1 order by dataset."arr_delay" nulls last) as "fanlight rank 1", count(dataset."arr_delay") over (partition by case when dataset."fanlight others" = 1 then ?3 else cast(dataset."dest" as text) end, dataset."fanlight others", 1) as "fanlight count 1"
from (
select dataset.*, case when dataset."dest" in (
select kept."dest"
from (
select dataset."fanlight key 1" as "dest", count(*) as "flights", sum(case when dataset."arr_delay" is not null and abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1)) < 1 then cast(dataset."arr_delay" as real) * (1 - abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1))) end) as "p90"
from (
select dataset.*, dataset."dest" as "fanlight key 1", row_number() over (partition by dataset."dest", 1 order by dataset."arr_delay" nulls last) as "fanlight rank 1", count(dataset."arr_delay") over (partition by dataset."dest", 1) as "fanlight count 1"
from (
select * from flights where carrier = ?4 collate binary
) as dataset
where dataset."origin" = ?5
  and dataset."dest" is not null
) as dataset
group by 1
order by 2 desc nulls last, 1 nulls last, 3 nulls last
limit ?6
) as kept
) then 0 else 1 end as "fanlight others"
from (
select * from flights where carrier = ?7 collate binary
) as dataset
where dataset."origin" = ?8
) as dataset
) as dataset
group by 1, 4
) as result
order by result."fanlight others", 2 desc nulls last, 1 nulls last, 3 nulls last;
