//! How bound values compare with columns of each type.

use engine::protocol::{Argument, Fault};
use tempfile::TempDir;

use crate::harness::{Worker, flights, parquet, write};

const ROW: &str =
    "select 42::integer as int_col, 42::bigint as bigint_col, 42::hugeint as huge_col,
    42::utinyint as tiny_col, '2f6d9a60-1111-4222-8333-444455556666'::uuid as uuid_col,
    'UA' as text_col, '42' as digits_col, date '2013-01-05' as date_col,
    timestamp '2013-01-05 10:00:00' as timestamp_col,
    timestamptz '2013-01-05 10:00:00+00' as zoned_col, time '10:00:00' as time_col,
    1.5::decimal(10, 2) as decimal_col, 2.5::double as float_col, true as bool_col";

fn text(value: &str) -> Argument {
    Argument::Text(value.to_owned())
}

fn worker(folder: &TempDir) -> Worker {
    let path = folder.path().join("row.parquet");
    write(&path, ROW, "(FORMAT parquet)");
    Worker::start(vec![parquet("t", &path)])
}

struct Bound {
    worker: Worker,
    _folder: TempDir,
}

impl Bound {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        Self { worker: worker(&folder), _folder: folder }
    }

    #[track_caller]
    fn check(&mut self, condition: &str, arguments: Vec<Argument>, expected: bool) {
        let sql = format!("select count(*) from t where {condition}");
        let count = if expected { "1" } else { "0" };
        let rows = self.worker.query(&sql, arguments.clone());
        assert_eq!(rows, Ok(vec![vec![count.to_owned()]]), "{condition} {arguments:?}");
    }
}

#[test]
fn a_text_compares_like_a_quoted_literal_with_columns_of_every_type() {
    let mut bound = Bound::new();
    let uuid = "2F6D9A60-1111-4222-8333-444455556666";
    bound.check("int_col = $1", vec![text("42")], true);
    bound.check("int_col = $1", vec![text("7")], false);
    bound.check("bigint_col = $1", vec![text("42")], true);
    bound.check("huge_col = $1", vec![text("42")], true);
    bound.check("tiny_col = $1", vec![text("42")], true);
    bound.check("uuid_col = $1", vec![text(uuid)], true);
    bound.check("text_col = $1", vec![text("UA")], true);
    bound.check("text_col = $1", vec![text("ua")], false);
    bound.check("digits_col = $1", vec![text("42")], true);
    bound.check("digits_col = $1", vec![text("042")], false);
    bound.check("date_col = $1", vec![text("2013-01-05")], true);
    bound.check("timestamp_col = $1", vec![text("2013-01-05 10:00")], true);
    bound.check("zoned_col = $1", vec![text("2013-01-05T12:00:00+02:00")], true);
    bound.check("time_col = $1", vec![text("10:00:00")], true);
    bound.check("decimal_col = $1", vec![text("1.50")], true);
    bound.check("float_col = $1", vec![text("2.5")], true);
    bound.check("bool_col = $1", vec![text("true")], true);
}

#[test]
fn a_list_is_one_placeholder_for_each_member() {
    let mut bound = Bound::new();
    bound.check("int_col in ($1, $2)", vec![text("7"), text("42")], true);
    bound.check("uuid_col in ($1)", vec![text("2f6d9a60-1111-4222-8333-444455556666")], true);
    bound.check("date_col in ($1, $2)", vec![text("2013-01-05"), text("2013-01-06")], true);
    bound.check("text_col in ($1, $2)", vec![text("AA"), text("B6")], false);
    bound.check("int_col in ($1)", vec![Argument::Null], false);
}

#[test]
fn typed_values_keep_their_types() {
    let mut bound = Bound::new();
    let day = Argument::Date(15_710);
    let ten = Argument::Timestamp(1_357_380_000_000_000);
    bound.check("int_col = $1", vec![Argument::Integer(42)], true);
    bound.check("huge_col >= $1", vec![Argument::Integer(i64::MIN)], true);
    bound.check("float_col = $1", vec![Argument::Float(2.5.into())], true);
    bound.check("float_col < $1", vec![Argument::Float(f64::INFINITY.into())], true);
    bound.check("decimal_col = $1", vec![Argument::Float(1.5.into())], true);
    bound.check("bool_col = $1", vec![Argument::Boolean(true)], true);
    bound.check("date_col = $1", vec![day.clone()], true);
    bound.check("timestamp_col >= $1", vec![day], true);
    bound.check("timestamp_col = $1", vec![ten.clone()], true);
    bound.check("zoned_col = $1", vec![ten.clone()], true);
    bound.check("date_col >= $1", vec![ten], false);
    bound.check("text_col = $1", vec![Argument::Null], false);
    bound.check("$2 = $2 and text_col = $1", vec![text("UA"), Argument::Integer(1)], true);
}

#[test]
fn a_text_that_no_value_of_the_column_could_be_is_an_error_of_the_engine() {
    let mut bound = Bound::new();
    let outcome =
        bound.worker.query("select * from t where int_col = $1", vec![text("UA' or 1=1")]);
    assert!(matches!(outcome, Err(Fault::Engine(_))), "{outcome:?}");
}

#[test]
fn times_without_a_zone_are_read_in_utc_whatever_the_system_says() {
    let mut bound = Bound::new();
    let sql = "select zoned_col::varchar, current_setting('TimeZone') from t";
    let rows = bound.worker.query(sql, vec![]).unwrap();
    assert_eq!(rows, [["2013-01-05 10:00:00+00", "UTC"]]);
    let sql = "select date_trunc('day', timezone($1, zoned_col))::date from t";
    let rows = bound.worker.query(sql, vec![text("Pacific/Kiritimati")]).unwrap();
    assert_eq!(rows, [["2013-01-06"]]);
}

#[test]
fn a_bound_tenant_still_lets_the_engine_skip_parts_of_a_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("sorted.parquet");
    let rows = "select i // 1000 as tenant, i as amount from range(200_000) r(i) order by tenant";
    write(&path, rows, "(FORMAT parquet, ROW_GROUP_SIZE 2048)");
    let mut worker = Worker::start(vec![parquet("t", &path)]);
    let sql = "select count(*) from t where tenant = $1";
    assert_eq!(worker.query(sql, vec![text("17")]).unwrap(), [["1000"]]);
    // With the plan in sight, through a connection of our own that binds in the same way.
    let connection = duckdb::Connection::open_in_memory().unwrap();
    let sql = format!("explain analyze select count(*) from '{}' where tenant = ?", path.display());
    let plan: String = connection.query_row(&sql, ["17"], |row| row.get(1)).unwrap();
    assert!(plan.contains("tenant=17"), "the value is pushed down as a number: {plan}");
}

#[test]
fn results_of_the_demo_are_right() {
    let mut worker = Worker::start(vec![flights()]);
    let sql = "select count(*), count(distinct dest) from flights where carrier = $1";
    let rows = worker.query(sql, vec![text("UA")]).unwrap();
    assert_eq!(rows, [["58665", "47"]]);
    let described = worker.query("select time_hour from flights limit 0", vec![]).unwrap();
    assert!(described.is_empty());
}
