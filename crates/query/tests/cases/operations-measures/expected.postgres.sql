-- rows: source 1, at most 50 rows, America/New_York
-- $1 text "LAX"
-- $2 text "UA"
-- $3 integer 50
-- $4 integer 0
select dataset."origin" as "origin", percentile_cont(0.9) within group (order by dataset."dep_delay") as "p90", percentile_cont(0.5) within group (order by dataset."dep_delay") as "middle", (cast(sum(dataset."distance") as double precision) / nullif(sum(dataset."air_time"), 0)) as "speed", (cast(sum((dataset."arr_delay" * dataset."distance")) as double precision) / nullif(sum(case when (not (dataset."arr_delay" is null)) then dataset."distance" end), 0)) as "weighted", count(*) as "flights", sum(dataset."distance") as "miles", (cast(sum(dataset."distance") as double precision) / nullif(count(*), 0)) as "miles_per_flight", (cast(sum(case when (dataset."dep_delay" > 15) then 1 else 0 end) as double precision) / nullif(count(dataset."dep_delay"), 0)) as "late", round(cast((cast((100 * count(case when (dataset."dest" = $1) then 1 end)) as double precision) / nullif(count(*), 0)) as numeric), 1) as "to_lax"
from (
select * from flights where carrier = $2
) as dataset
group by 1
order by 1 nulls last, 2 nulls last, 3 nulls last, 4 nulls last, 5 nulls last, 6 nulls last, 7 nulls last, 8 nulls last, 9 nulls last, 10 nulls last
limit $3 offset $4;

-- total: source 1, at most 1 rows, America/New_York
-- $1 text "LAX"
-- $2 text "UA"
select count(*) as "total"
from (
select dataset."origin" as "origin", percentile_cont(0.9) within group (order by dataset."dep_delay") as "p90", percentile_cont(0.5) within group (order by dataset."dep_delay") as "middle", (cast(sum(dataset."distance") as double precision) / nullif(sum(dataset."air_time"), 0)) as "speed", (cast(sum((dataset."arr_delay" * dataset."distance")) as double precision) / nullif(sum(case when (not (dataset."arr_delay" is null)) then dataset."distance" end), 0)) as "weighted", count(*) as "flights", sum(dataset."distance") as "miles", (cast(sum(dataset."distance") as double precision) / nullif(count(*), 0)) as "miles_per_flight", (cast(sum(case when (dataset."dep_delay" > 15) then 1 else 0 end) as double precision) / nullif(count(dataset."dep_delay"), 0)) as "late", round(cast((cast((100 * count(case when (dataset."dest" = $1) then 1 end)) as double precision) / nullif(count(*), 0)) as numeric), 1) as "to_lax"
from (
select * from flights where carrier = $2
) as dataset
group by 1
) as counted;
