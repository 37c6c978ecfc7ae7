-- rows: source 1, at most 50 rows, America/New_York
-- $1 text "LAX"
-- $2 text "UA"
select result."fanlight column 1" as "origin", result."fanlight column 2" as "p90", result."fanlight column 3" as "middle", result."fanlight column 4" as "speed", result."fanlight column 5" as "weighted", result."fanlight column 6" as "flights", result."fanlight column 7" as "miles", result."fanlight column 8" as "miles_per_flight", result."fanlight column 9" as "late", result."fanlight column 10" as "to_lax"
from (
select dataset."origin" as "fanlight column 1", case when count(dataset."dep_delay") > 0 then arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(floor((0.9 * (count(dataset."dep_delay") - 1))) + 1)] + (arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(ceil((0.9 * (count(dataset."dep_delay") - 1))) + 1)] - arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(floor((0.9 * (count(dataset."dep_delay") - 1))) + 1)]) * ((0.9 * (count(dataset."dep_delay") - 1)) - floor((0.9 * (count(dataset."dep_delay") - 1)))) end as "fanlight column 2", case when count(dataset."dep_delay") > 0 then arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(floor((0.5 * (count(dataset."dep_delay") - 1))) + 1)] + (arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(ceil((0.5 * (count(dataset."dep_delay") - 1))) + 1)] - arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(floor((0.5 * (count(dataset."dep_delay") - 1))) + 1)]) * ((0.5 * (count(dataset."dep_delay") - 1)) - floor((0.5 * (count(dataset."dep_delay") - 1)))) end as "fanlight column 3", (toFloat64(sum(dataset."distance")) / nullif(sum(dataset."air_time"), 0)) as "fanlight column 4", (toFloat64(sum((dataset."arr_delay" * dataset."distance"))) / nullif(sum(case when (not (dataset."arr_delay" is null)) then dataset."distance" end), 0)) as "fanlight column 5", count(*) as "fanlight column 6", sum(dataset."distance") as "fanlight column 7", (toFloat64(sum(dataset."distance")) / nullif(count(*), 0)) as "fanlight column 8", (toFloat64(sum(case when (dataset."dep_delay" > 15) then 1 else 0 end)) / nullif(count(dataset."dep_delay"), 0)) as "fanlight column 9", round((toFloat64((100 * count(case when (dataset."dest" = (select p1 from fanlight_values)) then 1 end))) / nullif(count(*), 0)), 1) as "fanlight column 10"
from (
select * from flights where carrier = (select p2 from fanlight_values)
) as dataset
group by "fanlight column 1"
) as result
order by "origin" nulls last, "p90" nulls last, "middle" nulls last, "speed" nulls last, "weighted" nulls last, "flights" nulls last, "miles" nulls last, "miles_per_flight" nulls last, "late" nulls last, "to_lax" nulls last
limit 50 offset 0;

-- total: source 1, at most 1 rows, America/New_York
-- $1 text "LAX"
-- $2 text "UA"
select count(*) as "total"
from (
select result."fanlight column 1" as "origin", result."fanlight column 2" as "p90", result."fanlight column 3" as "middle", result."fanlight column 4" as "speed", result."fanlight column 5" as "weighted", result."fanlight column 6" as "flights", result."fanlight column 7" as "miles", result."fanlight column 8" as "miles_per_flight", result."fanlight column 9" as "late", result."fanlight column 10" as "to_lax"
from (
select dataset."origin" as "fanlight column 1", case when count(dataset."dep_delay") > 0 then arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(floor((0.9 * (count(dataset."dep_delay") - 1))) + 1)] + (arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(ceil((0.9 * (count(dataset."dep_delay") - 1))) + 1)] - arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(floor((0.9 * (count(dataset."dep_delay") - 1))) + 1)]) * ((0.9 * (count(dataset."dep_delay") - 1)) - floor((0.9 * (count(dataset."dep_delay") - 1)))) end as "fanlight column 2", case when count(dataset."dep_delay") > 0 then arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(floor((0.5 * (count(dataset."dep_delay") - 1))) + 1)] + (arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(ceil((0.5 * (count(dataset."dep_delay") - 1))) + 1)] - arraySort(groupArray(toFloat64(dataset."dep_delay")))[toUInt32(floor((0.5 * (count(dataset."dep_delay") - 1))) + 1)]) * ((0.5 * (count(dataset."dep_delay") - 1)) - floor((0.5 * (count(dataset."dep_delay") - 1)))) end as "fanlight column 3", (toFloat64(sum(dataset."distance")) / nullif(sum(dataset."air_time"), 0)) as "fanlight column 4", (toFloat64(sum((dataset."arr_delay" * dataset."distance"))) / nullif(sum(case when (not (dataset."arr_delay" is null)) then dataset."distance" end), 0)) as "fanlight column 5", count(*) as "fanlight column 6", sum(dataset."distance") as "fanlight column 7", (toFloat64(sum(dataset."distance")) / nullif(count(*), 0)) as "fanlight column 8", (toFloat64(sum(case when (dataset."dep_delay" > 15) then 1 else 0 end)) / nullif(count(dataset."dep_delay"), 0)) as "fanlight column 9", round((toFloat64((100 * count(case when (dataset."dest" = (select p1 from fanlight_values)) then 1 end))) / nullif(count(*), 0)), 1) as "fanlight column 10"
from (
select * from flights where carrier = (select p2 from fanlight_values)
) as dataset
group by "fanlight column 1"
) as result
) as counted;
