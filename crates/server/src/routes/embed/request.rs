//! The body of a data or options request, read into the compiler's terms.

use jiff::Timestamp;
use model::dashboard::{Filter, Sort};
use model::name::TimeZoneName;
use query::{MAX_PAGE_SIZE, Request, Target};
use schemars::JsonSchema;
use serde_json::{Map, Value};

use crate::json::Fields;
use crate::reading::FromFields;

/// Most sort keys and filters of one request.
const MAX_ENTRIES: usize = 50;

/// What a viewer asks of a panel or a control. Everything is optional.
#[derive(Debug, Default, PartialEq, JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
pub(crate) struct DataRequest {
    /// Values of controls and of the page, by name. Names that speak of the customer are ignored.
    #[schemars(with = "Option<Map<String, Value>>")]
    variables: Map<String, Value>,
    /// An IANA zone for date buckets and date ranges; the dashboard's when absent.
    time_zone: Option<TimeZoneName>,
    /// A table's page, from 1.
    #[schemars(range(min = 1))]
    page: Option<u32>,
    /// A table's rows on a page, at most 1000.
    #[schemars(range(min = 1, max = MAX_PAGE_SIZE))]
    pub(super) page_size: Option<u32>,
    /// In place of the panel's own order.
    #[schemars(with = "Option<Vec<Sort>>", length(max = MAX_ENTRIES))]
    sort: Vec<Sort>,
    /// On columns of the panel's result.
    #[schemars(with = "Option<Vec<Filter>>", length(max = MAX_ENTRIES))]
    filters: Vec<Filter>,
    /// `true`: answer by a result of the last few seconds, or ask the data source anew.
    #[schemars(with = "Option<bool>")]
    pub(crate) refresh: bool,
}

impl FromFields for DataRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        Some(Self {
            variables: fields.object("variables").unwrap_or_default(),
            time_zone: time_zone(fields),
            page: fields.positive("page"),
            page_size: fields.positive_up_to("page_size", MAX_PAGE_SIZE),
            sort: fields.records("sort", MAX_ENTRIES).unwrap_or_default(),
            filters: fields.records("filters", MAX_ENTRIES).unwrap_or_default(),
            refresh: fields.flag("refresh").unwrap_or_default(),
        })
    }
}

impl DataRequest {
    /// The request, asked now of one part of the dashboard.
    pub(crate) fn of(self, target: Target, now: Timestamp) -> Request {
        let Self { variables, time_zone, page, page_size, sort, filters, refresh: _ } = self;
        Request { variables, time_zone, page, page_size, sort, filters, ..Request::of(target, now) }
    }
}

fn time_zone(fields: &mut Fields) -> Option<TimeZoneName> {
    let name = fields.text("time_zone")?;
    fields.faults.note("time_zone", TimeZoneName::try_from(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api_error::ApiError;

    fn read(body: &str) -> Result<DataRequest, ApiError> {
        let Ok(Value::Object(map)) = crate::json::read(body.as_bytes()) else {
            unreachable!("{body} is no object")
        };
        let mut fields = Fields::new(map);
        let request = DataRequest::from_fields(&mut fields);
        fields.refuse_others();
        fields.finish(request)
    }

    #[track_caller]
    fn check(body: &str, fault: &str) {
        let found = read(body).expect_err("a fault").to_string();
        assert!(found.contains(fault), "{found}");
    }

    #[test]
    fn everything_is_optional() {
        assert_eq!(read("{}").expect("nothing"), DataRequest::default());
        let nulls = r#"{"variables":null,"time_zone":null,"page":null,"sort":null}"#;
        assert_eq!(read(nulls).expect("nulls"), DataRequest::default());
    }

    #[test]
    fn fields_are_read_into_the_compilers_terms() {
        let body = r#"{"variables":{"origin":["JFK"]},"time_zone":"Europe/Berlin","page":2,
            "page_size":100,"sort":[{"column":"dest","direction":"desc"}],
            "filters":[{"column":"dest","operator":"equals","value":"LAX"}]}"#;
        let target = Target::Panel("recent".parse().expect("a panel id"));
        let request = read(body).expect("a request").of(target, Timestamp::UNIX_EPOCH);
        assert_eq!(request.variables.len(), 1);
        assert_eq!(request.time_zone.as_ref().map(TimeZoneName::as_str), Some("Europe/Berlin"));
        assert_eq!((request.page, request.page_size), (Some(2), Some(100)));
        assert_eq!(request.sort[0].column.as_str(), "dest");
        assert_eq!(request.filters[0].value, "LAX");
    }

    #[test]
    fn what_does_not_fit_is_named() {
        check(r#"{"limit":5}"#, "limit: is not a field of this request");
        check(r#"{"variables":[]}"#, "variables: must be an object, not a list");
        check(r#"{"refresh":1}"#, "refresh: must be true or false, not a number");
        check(r#"{"page":0}"#, "page: must be a whole number from 1");
        check(r#"{"page":1.5}"#, "page: must be a whole number from 1");
        check(r#"{"page_size":"5"}"#, "page_size: must be a whole number from 1");
        check(r#"{"page_size":1001}"#, "page_size: must be a whole number from 1 to 1000");
        check(r#"{"time_zone":"UTC'; drop"}"#, "time_zone: must be an IANA time zone");
        check(r#"{"sort":{}}"#, "sort: must be a list, not an object");
        check(r#"{"sort":[{"column":"a","sql":"b"}]}"#, "sort[0]: unknown field `sql`");
        check(r#"{"sort":[{"column":"a","direction":"up"}]}"#, "sort[0]: unknown variant `up`");
        check(r#"{"filters":[{"column":"a"}]}"#, "filters[0]: missing field `operator`");
    }
}
