-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 integer 10
-- then Share { column: 2, within: [] }
-- then Running { column: 3, kind: Total, window: None, along: None, series: [] }
-- then Sort([Column { column: 2, descending: false }, Column { column: 0, descending: true }])
-- then Page { offset: 5, size: 5 }
select dataset."dest" as "dest", count(*) as "flights", count(*) as "share", count(*) as "so_far"
from (
select * from flights where carrier = $1
) as dataset
group by 1
order by 2 desc nulls last, 1 nulls last, 3 nulls last, 4 nulls last
limit $2;
