-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 date 2013-02-28
select count(*) as "flights"
from (
select * from flights where carrier = ?1 collate binary
) as dataset
where dataset."day" <= ?2;
