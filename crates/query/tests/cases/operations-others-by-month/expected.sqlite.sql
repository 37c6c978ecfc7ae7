-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "Elsewhere"
-- $2 text "America/New_York"
-- $3 text "UA"
-- $4 integer 3
-- $5 text "UA"
-- $6 integer 5
select result."dest", result."month", result."flights"
from (
select case when dataset."fanlight others" = 1 then ?1 else cast(dataset."dest" as text) end as "dest", fanlight_bucket('month', dataset."time_hour", ?2) as "month", count(*) as "flights", dataset."fanlight others" as "fanlight others"
from (
select dataset.*, case when dataset."dest" in (
select kept."dest"
from (
select dataset."dest" as "dest", count(*) as "flights"
from (
select * from flights where carrier = ?3 collate binary
) as dataset
where dataset."dest" is not null
group by 1
order by 2 desc nulls last, 1 nulls last
limit ?4
) as kept
) then 0 else 1 end as "fanlight others"
from (
select * from flights where carrier = ?5 collate binary
) as dataset
) as dataset
group by 1, 2, 4
) as result
where result."flights" > ?6
order by 2 nulls last, result."fanlight others", 3 desc nulls last, 1 nulls last;
