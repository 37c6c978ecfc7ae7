-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 date 2013-02-28
select result."fanlight column 1" as "flights"
from (
select count(*) as "fanlight column 1"
from (
select * from flights where carrier = (select p1 from fanlight_values)
) as dataset
where dataset."day" <= (select p2 from fanlight_values)
) as result;
