-- rows: source 1, at most 50 rows, America/New_York
-- $1 text "LAX"
-- $2 text "UA"
select dataset."origin" as "origin", case when count(dataset."dep_delay") > 0 then arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(floor((0.9 * (count(dataset."dep_delay") - 1))) + 1)] + (arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(ceil((0.9 * (count(dataset."dep_delay") - 1))) + 1)] - arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(floor((0.9 * (count(dataset."dep_delay") - 1))) + 1)]) * ((0.9 * (count(dataset."dep_delay") - 1)) - floor((0.9 * (count(dataset."dep_delay") - 1)))) end as "p90", case when count(dataset."dep_delay") > 0 then arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(floor((0.5 * (count(dataset."dep_delay") - 1))) + 1)] + (arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(ceil((0.5 * (count(dataset."dep_delay") - 1))) + 1)] - arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(floor((0.5 * (count(dataset."dep_delay") - 1))) + 1)]) * ((0.5 * (count(dataset."dep_delay") - 1)) - floor((0.5 * (count(dataset."dep_delay") - 1)))) end as "middle", (toFloat64(sum(dataset."distance")) / nullif(sum(dataset."air_time"), 0)) as "speed", (toFloat64(sum((dataset."arr_delay" * dataset."distance"))) / nullif(sum(case when (not (dataset."arr_delay" is null)) then dataset."distance" end), 0)) as "weighted", count(*) as "flights", sum(dataset."distance") as "miles", (toFloat64(sum(dataset."distance")) / nullif(count(*), 0)) as "miles_per_flight", (toFloat64(sum(case when (dataset."dep_delay" > 15) then 1 else 0 end)) / nullif(count(dataset."dep_delay"), 0)) as "late", round((toFloat64((100 * count(case when (dataset."dest" = (select p1 from fanlight_values)) then 1 end))) / nullif(count(*), 0)), 1) as "to_lax"
from (
select * from flights where carrier = (select p2 from fanlight_values)
) as dataset
group by "origin"
order by "origin" nulls last, "p90" nulls last, "middle" nulls last, "speed" nulls last, "weighted" nulls last, "flights" nulls last, "miles" nulls last, "miles_per_flight" nulls last, "late" nulls last, "to_lax" nulls last
limit 50 offset 0;

-- total: source 1, at most 1 rows, America/New_York
-- $1 text "LAX"
-- $2 text "UA"
select count(*) as "total"
from (
select dataset."origin" as "origin", case when count(dataset."dep_delay") > 0 then arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(floor((0.9 * (count(dataset."dep_delay") - 1))) + 1)] + (arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(ceil((0.9 * (count(dataset."dep_delay") - 1))) + 1)] - arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(floor((0.9 * (count(dataset."dep_delay") - 1))) + 1)]) * ((0.9 * (count(dataset."dep_delay") - 1)) - floor((0.9 * (count(dataset."dep_delay") - 1)))) end as "p90", case when count(dataset."dep_delay") > 0 then arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(floor((0.5 * (count(dataset."dep_delay") - 1))) + 1)] + (arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(ceil((0.5 * (count(dataset."dep_delay") - 1))) + 1)] - arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(floor((0.5 * (count(dataset."dep_delay") - 1))) + 1)]) * ((0.5 * (count(dataset."dep_delay") - 1)) - floor((0.5 * (count(dataset."dep_delay") - 1)))) end as "middle", (toFloat64(sum(dataset."distance")) / nullif(sum(dataset."air_time"), 0)) as "speed", (toFloat64(sum((dataset."arr_delay" * dataset."distance"))) / nullif(sum(case when (not (dataset."arr_delay" is null)) then dataset."distance" end), 0)) as "weighted", count(*) as "flights", sum(dataset."distance") as "miles", (toFloat64(sum(dataset."distance")) / nullif(count(*), 0)) as "miles_per_flight", (toFloat64(sum(case when (dataset."dep_delay" > 15) then 1 else 0 end)) / nullif(count(dataset."dep_delay"), 0)) as "late", round((toFloat64((100 * count(case when (dataset."dest" = (select p1 from fanlight_values)) then 1 end))) / nullif(count(*), 0)), 1) as "to_lax"
from (
select * from flights where carrier = (select p2 from fanlight_values)
) as dataset
group by "origin"
) as counted;
