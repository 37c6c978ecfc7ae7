-- rows: source 1, at most 50 rows, America/New_York
-- $1 text "LAX"
-- $2 text "UA"
-- $3 integer 50
-- $4 integer 0
select dataset."fanlight key 1" as "origin", sum(case when dataset."dep_delay" is not null and abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1)) < 1 then cast(dataset."dep_delay" as real) * (1 - abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1))) end) as "p90", sum(case when dataset."dep_delay" is not null and abs(dataset."fanlight rank 1" - 1 - 0.5 * (dataset."fanlight count 1" - 1)) < 1 then cast(dataset."dep_delay" as real) * (1 - abs(dataset."fanlight rank 1" - 1 - 0.5 * (dataset."fanlight count 1" - 1))) end) as "middle", (cast(sum(dataset."distance") as real) / nullif(sum(dataset."air_time"), 0)) as "speed", (cast(sum((dataset."arr_delay" * dataset."distance")) as real) / nullif(sum(case when (not (dataset."arr_delay" is null)) then dataset."distance" end), 0)) as "weighted", count(*) as "flights", sum(dataset."distance") as "miles", (cast(sum(dataset."distance") as real) / nullif(count(*), 0)) as "miles_per_flight", (cast(sum(case when (dataset."dep_delay" > 15) then 1 else 0 end) as real) / nullif(count(dataset."dep_delay"), 0)) as "late", round((cast((100 * count(case when (dataset."dest" = ?1) then 1 end)) as real) / nullif(count(*), 0)), 1) as "to_lax"
from (
select dataset.*, dataset."origin" as "fanlight key 1", row_number() over (partition by dataset."origin", 1 order by dataset."dep_delay" nulls last) as "fanlight rank 1", count(dataset."dep_delay") over (partition by dataset."origin", 1) as "fanlight count 1"
from (
select * from flights where carrier = ?2 collate binary
) as dataset
) as dataset
group by 1
order by 1 nulls last, 2 nulls last, 3 nulls last, 4 nulls last, 5 nulls last, 6 nulls last, 7 nulls last, 8 nulls last, 9 nulls last, 10 nulls last
limit ?3 offset ?4;

-- total: source 1, at most 1 rows, America/New_York
-- $1 text "LAX"
-- $2 text "UA"
select count(*) as "total"
from (
select dataset."fanlight key 1" as "origin", sum(case when dataset."dep_delay" is not null and abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1)) < 1 then cast(dataset."dep_delay" as real) * (1 - abs(dataset."fanlight rank 1" - 1 - 0.9 * (dataset."fanlight count 1" - 1))) end) as "p90", sum(case when dataset."dep_delay" is not null and abs(dataset."fanlight rank 1" - 1 - 0.5 * (dataset."fanlight count 1" - 1)) < 1 then cast(dataset."dep_delay" as real) * (1 - abs(dataset."fanlight rank 1" - 1 - 0.5 * (dataset."fanlight count 1" - 1))) end) as "middle", (cast(sum(dataset."distance") as real) / nullif(sum(dataset."air_time"), 0)) as "speed", (cast(sum((dataset."arr_delay" * dataset."distance")) as real) / nullif(sum(case when (not (dataset."arr_delay" is null)) then dataset."distance" end), 0)) as "weighted", count(*) as "flights", sum(dataset."distance") as "miles", (cast(sum(dataset."distance") as real) / nullif(count(*), 0)) as "miles_per_flight", (cast(sum(case when (dataset."dep_delay" > 15) then 1 else 0 end) as real) / nullif(count(dataset."dep_delay"), 0)) as "late", round((cast((100 * count(case when (dataset."dest" = ?1) then 1 end)) as real) / nullif(count(*), 0)), 1) as "to_lax"
from (
select dataset.*, dataset."origin" as "fanlight key 1", row_number() over (partition by dataset."origin", 1 order by dataset."dep_delay" nulls last) as "fanlight rank 1", count(dataset."dep_delay") over (partition by dataset."origin", 1) as "fanlight count 1"
from (
select * from flights where carrier = ?2 collate binary
) as dataset
) as dataset
group by 1
) as counted;
