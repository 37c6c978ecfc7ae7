//! What both the façade and the native API hold of a customer's fields.

use model::customer::{MAX_PROPERTIES_BYTES, Properties};
use model::name::{EmailAddress, TagName};

use crate::field_path::FieldPath;
use crate::json::Faults;

/// Most e-mail addresses of one customer.
const MAX_EMAILS: usize = 100;
/// Most tags of one customer.
const MAX_TAGS: usize = 100;

/// Notes a fault when the properties are too large.
pub(crate) fn check_properties(properties: Properties, faults: &mut Faults) -> Properties {
    let bytes = serde_json::to_vec(&properties).map_or(usize::MAX, |text| text.len());
    if bytes > MAX_PROPERTIES_BYTES {
        let detail = format!("must have at most {MAX_PROPERTIES_BYTES} bytes of JSON, not {bytes}");
        faults.add("properties", detail);
    }
    properties
}

pub(crate) fn emails(texts: Vec<String>, faults: &mut Faults) -> Vec<EmailAddress> {
    let parse = |text: String| EmailAddress::try_from(text);
    parse_list("emails", texts, MAX_EMAILS, parse, faults)
}

pub(crate) fn tags(texts: Vec<String>, faults: &mut Faults) -> Vec<TagName> {
    let parse = |text: String| TagName::try_from(text);
    parse_list("group_tags", texts, MAX_TAGS, parse, faults)
}

fn parse_list<T, E: ToString>(
    field: &str,
    texts: Vec<String>,
    most: usize,
    parse: impl Fn(String) -> Result<T, E>,
    faults: &mut Faults,
) -> Vec<T> {
    if texts.len() > most {
        faults.add(field, format!("must have at most {most} entries, not {}", texts.len()));
        return Vec::new();
    }
    let entries = texts.into_iter().enumerate();
    entries
        .filter_map(|(at, text)| faults.note(FieldPath::from(field).index(at), parse(text)))
        .collect()
}
