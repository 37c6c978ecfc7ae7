-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "Elsewhere"
-- $2 text "America/New_York"
-- $3 text "UA"
-- $4 text "UA"
-- $5 integer 3
-- $6 integer 5
select result."dest", result."month", result."flights"
from (
select case when top."dest" is null then $1 else cast(top."dest" as varchar) end as "dest", cast(date_trunc('month', case when pg_typeof(dataset."time_hour") = cast('date' as regtype) then cast(dataset."time_hour" as timestamp) else timezone(cast($2 as text), cast(dataset."time_hour" as timestamptz)) end) as date) as "month", count(*) as "flights", case when top."dest" is null then 1 else 0 end as "fanlight others"
from (
select * from flights where carrier = $3
) as dataset
left join (
select dataset."dest" as "dest", count(*) as "flights"
from (
select * from flights where carrier = $4
) as dataset
where dataset."dest" is not null
group by 1
order by 2 desc nulls last, 1 nulls last
limit $5
) as top on dataset."dest" = top."dest"
group by 1, 2, 4
) as result
where result."flights" > $6
order by 2 nulls last, result."fanlight others", 3 desc nulls last, 1 nulls last;
