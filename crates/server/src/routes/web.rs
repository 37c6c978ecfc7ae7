//! The web parts: the elements' script and what it loads, the iframe page, the demo's front page.

use std::borrow::Cow;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, REFERRER_POLICY, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use render::Charts;
use rust_embed::{Embed, EmbeddedFile};

use crate::api_error::ApiError;
use crate::app::App;
use crate::embed_token::{Claims, SealedToken};

/// What the web build leaves: each text file also as `<file>.gz`.
#[derive(Embed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Built;

/// What draws panels for exports. A build without the web parts draws nothing and says so when it is
/// asked to.
pub fn charts() -> Charts {
    let script = Built::get("render.js").map(|file| file.data.into_owned()).unwrap_or_default();
    Charts::new(String::from_utf8_lossy(&script)).with_fonts_of_the_machine()
}

/// `GET /bundle.js`: checked for news every time, because its name never changes.
pub(crate) async fn bundle(headers: HeaderMap) -> Result<Response, ApiError> {
    file("bundle.js", "no-cache", &headers)
}

/// `GET /assets/{*path}`: names carry a hash of the content, so they never change.
pub(crate) async fn asset(
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    file(&format!("assets/{path}"), "public, max-age=31536000, immutable", &headers)
}

/// `GET /` of the demo.
pub(crate) async fn demo_page(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    page("demo/index.html", "no-cache", &app, &headers)
}

/// `GET /iframe/{*credential}`: the page around one element. Its script reads the credential from
/// the page's address; the server only needs it to say who may frame the page.
pub(crate) async fn iframe(
    State(app): State<App>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut response = page("iframe/index.html", "no-store", &app, &headers)?;
    let ancestors = frame_ancestors(&app, &path).await?;
    let policy = format!(
        "default-src 'self'; img-src 'self' data:; \
         base-uri 'self'; form-action 'none'; frame-ancestors {ancestors}"
    );
    let policy = HeaderValue::try_from(policy).map_err(ApiError::internal)?;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

/// A token that belongs to one origin may be framed by that origin alone. A credential that does not
/// verify is framed anywhere: the page then shows why it cannot show more.
async fn frame_ancestors(app: &App, path: &str) -> Result<Cow<'static, str>, ApiError> {
    let credential = path.split('/').next().unwrap_or_default();
    let Ok(sealed) = SealedToken::parse(credential) else { return Ok("*".into()) };
    let secret = app.store.embed_secret(sealed.key_id()).await?;
    let Some(secret) = secret else { return Ok("*".into()) };
    let issuer = |claims: Claims| claims.issuer.map(|issuer| issuer.to_string());
    let issuer = sealed.open(&secret, app.clock.now()).ok().and_then(issuer);
    Ok(issuer.map_or("*".into(), Cow::Owned))
}

/// A page names its files relative to its base: the server's root, or the path below which a proxy
/// shows the server.
fn page(
    path: &str,
    caching: &'static str,
    app: &App,
    request: &HeaderMap,
) -> Result<Response, ApiError> {
    let Some(base) = app.config.public_url.as_deref().and_then(base_path) else {
        return file(path, caching, request);
    };
    let built = Built::get(path).ok_or_else(|| ApiError::not_found("there is no such file"))?;
    let text = String::from_utf8_lossy(&built.data);
    let text = text.replace("<base href=\"/\"", &format!("<base href=\"{base}\""));
    let caching = HeaderValue::from_static(caching);
    Ok(([(CACHE_CONTROL, caching), (CONTENT_TYPE, content_type(&built))], text).into_response())
}

/// The path of a URL, with a slash at its end; `None` for the root.
fn base_path(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let (_, path) = rest.split_once('/')?;
    let path = path.trim_matches('/');
    // Configuration is the operator's, and a quote in it would still break the page.
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~');
    (!path.is_empty() && path.chars().all(fits)).then(|| format!("/{path}/"))
}

fn file(path: &str, caching: &'static str, request: &HeaderMap) -> Result<Response, ApiError> {
    let plain = Built::get(path).ok_or_else(|| ApiError::not_found("there is no such file"))?;
    let etag = etag(&plain);
    let mut headers = HeaderMap::new();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    headers.insert(ETAG, etag.clone());
    if request.get(IF_NONE_MATCH) == Some(&etag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    headers.insert(CONTENT_TYPE, content_type(&plain));
    let zipped = accepts_gzip(request).then(|| Built::get(&format!("{path}.gz"))).flatten();
    if zipped.is_some() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok((headers, body(zipped.unwrap_or(plain))).into_response())
}

/// Weak, because it names the content and not its encoding.
fn etag(file: &EmbeddedFile) -> HeaderValue {
    let hash = hex::encode(&file.metadata.sha256_hash()[..12]);
    HeaderValue::try_from(format!("W/\"{hash}\""))
        .unwrap_or_else(|_| unreachable!("hexadecimal digits fit into a header"))
}

fn content_type(file: &EmbeddedFile) -> HeaderValue {
    let kind = file.metadata.mimetype();
    let is_text = kind.starts_with("text/") || kind.ends_with("javascript");
    let kind = if is_text { format!("{kind}; charset=utf-8") } else { kind.to_owned() };
    HeaderValue::try_from(kind)
        .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"))
}

fn accepts_gzip(request: &HeaderMap) -> bool {
    let accepted = request.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|text| text.split(',').any(|word| word.trim().starts_with("gzip")))
}

fn body(file: EmbeddedFile) -> Body {
    match file.data {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_know_below_which_path_a_proxy_shows_them() {
        let cases = [
            ("https://example.com", None),
            ("https://example.com/", None),
            ("https://example.com/analytics", Some("/analytics/")),
            ("https://example.com/a/b/", Some("/a/b/")),
            ("https://example.com/\"><script>", None),
        ];
        for (url, expected) in cases {
            assert_eq!(base_path(url).as_deref(), expected, "{url}");
        }
    }
}
