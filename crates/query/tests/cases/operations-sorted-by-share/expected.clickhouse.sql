-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- then Share { column: 2, within: [] }
-- then Running { column: 3, kind: Total, window: None, along: None, series: [] }
-- then Sort([Column { column: 2, descending: false }, Column { column: 0, descending: true }])
-- then Page { offset: 5, size: 5 }
select result."fanlight column 1" as "dest", result."fanlight column 2" as "flights", result."fanlight column 3" as "share", result."fanlight column 4" as "so_far"
from (
select dataset."dest" as "fanlight column 1", count(*) as "fanlight column 2", count(*) as "fanlight column 3", count(*) as "fanlight column 4"
from (
select * from flights where carrier = (select p1 from fanlight_values)
) as dataset
group by "fanlight column 1"
) as result
order by "flights" desc nulls last, "dest" nulls last, "share" nulls last, "so_far" nulls last
limit 10;
