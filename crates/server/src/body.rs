//! Request bodies: their size, their content type, their time.

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, EXPECT};
use axum::http::{HeaderMap, HeaderValue};
use http_body_util::BodyExt;

use crate::api_error::{ApiError, Kind};
use crate::arrival::Arrival;

/// The largest body of an ordinary call.
pub const MAX_BYTES: usize = 1024 * 1024;

/// How much of a body that is too large is read and thrown away before the answer. A client that is
/// still sending when the connection closes often loses the answer.
const MAX_DISCARDED_BYTES: usize = 64 * 1024 * 1024;

pub(crate) const JSON: &str = "application/json";
pub(crate) const NDJSON: &str = "application/x-ndjson";

/// Reads a JSON body of at most `limit` bytes. A body without any content type is taken for JSON; an
/// empty one may have any.
pub async fn read_json(request: Request, limit: usize) -> Result<Bytes, ApiError> {
    read_of_type(request, limit, &[JSON]).await
}

/// As [`read_json`], for a body of one of several media types.
pub(crate) async fn read_of_type(
    request: Request,
    limit: usize,
    types: &[&str],
) -> Result<Bytes, ApiError> {
    let (parts, body) = request.into_parts();
    let patience = Arrival::of(&parts.extensions).body_timeout;
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    if let Some(content_type) = parts.headers.get(CONTENT_TYPE) {
        check_content_type(content_type, types)?;
    }
    let read = read(&parts.headers, body, limit);
    let too_slow = |_| {
        let seconds = patience.as_secs();
        ApiError::new(Kind::TooSlow, format!("the body did not arrive within {seconds} seconds"))
    };
    tokio::time::timeout(patience, read).await.map_err(too_slow)?
}

async fn read(headers: &HeaderMap, mut body: Body, limit: usize) -> Result<Bytes, ApiError> {
    let announced = body.size_hint().lower();
    let too_large = || {
        let detail = format!("the body is larger than {limit} bytes, the most that is taken here");
        ApiError::new(Kind::TooLarge, detail)
    };
    if announced > limit as u64 {
        // A client that asks first has not sent anything yet.
        if !headers.contains_key(EXPECT) {
            discard(body).await;
        }
        return Err(too_large());
    }
    let first = next(&mut body).await?.unwrap_or_default();
    if body.is_end_stream() && first.len() <= limit {
        return Ok(first);
    }
    let mut bytes = Vec::from(first);
    while let Some(more) = next(&mut body).await? {
        bytes.extend_from_slice(&more);
        if bytes.len() > limit {
            discard(body).await;
            return Err(too_large());
        }
    }
    Ok(bytes.into())
}

async fn next(body: &mut Body) -> Result<Option<Bytes>, ApiError> {
    while let Some(frame) = body.frame().await {
        let broken =
            |error| ApiError::new(Kind::Invalid, "the body did not arrive whole").because(error);
        if let Ok(data) = frame.map_err(broken)?.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

async fn discard(mut body: Body) {
    let mut left = MAX_DISCARDED_BYTES;
    while let Ok(Some(data)) = next(&mut body).await {
        left = left.saturating_sub(data.len());
        if left == 0 {
            return;
        }
    }
}

fn check_content_type(value: &HeaderValue, types: &[&str]) -> Result<(), ApiError> {
    if value.to_str().is_ok_and(|text| types.iter().any(|wanted| is_of_type(text, wanted))) {
        return Ok(());
    }
    let found = String::from_utf8_lossy(value.as_bytes()).chars().take(100).collect::<String>();
    let detail = format!("the content type must be {}, not {found:?}", types.join(" or "));
    Err(ApiError::new(Kind::UnsupportedMediaType, detail))
}

/// Whether a content type is `wanted` in UTF-8; types that end in `+json` are JSON.
fn is_of_type(content_type: &str, wanted: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default();
    let charset = parts.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.eq_ignore_ascii_case("charset").then(|| value.trim_matches('"'))
    });
    let structured = media_type.len() > 5
        && media_type.is_char_boundary(media_type.len() - 5)
        && media_type[media_type.len() - 5..].eq_ignore_ascii_case("+json");
    (media_type.eq_ignore_ascii_case(wanted) || (wanted == JSON && structured))
        && charset.is_none_or(|name| name.eq_ignore_ascii_case("utf-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_application_json_in_utf_8() {
        for (content_type, fits) in [
            ("application/json", true),
            ("Application/JSON; charset=UTF-8", true),
            ("application/json;charset=\"utf-8\"", true),
            ("application/merge-patch+json", true),
            ("application/json; charset=latin1", false),
            ("application/x-www-form-urlencoded", false),
            ("text/plain", false),
            ("application/jsonp", false),
            ("multipart/form-data; boundary=x", false),
            ("", false),
            ("ééé", false),
        ] {
            assert_eq!(is_of_type(content_type, JSON), fits, "{content_type}");
        }
    }
}
