//! Web origins: the page that embeds, the page that calls.

use std::fmt;
use std::str::FromStr;

/// `scheme://host[:port]`, in lower case and without the scheme's default port, so that two
/// spellings of one origin are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin(String);

/// The text is no origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an origin such as https://app.example.com, not {0:?}")]
pub struct InvalidOrigin(String);

impl Origin {
    /// The origin of a URL, whatever its path.
    pub(crate) fn of_url(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        format!("{scheme}://{authority}").parse().ok()
    }

    /// `https://app.example.com`, as browsers send it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `https://app.example.com/`, as embed tokens carry it.
    pub fn with_slash(&self) -> String {
        format!("{}/", self.0)
    }
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    /// Accepts one trailing slash.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        normalised(text).map(Self).ok_or_else(|| InvalidOrigin(text.chars().take(100).collect()))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn normalised(text: &str) -> Option<String> {
    let text = text.strip_suffix('/').unwrap_or(text).to_ascii_lowercase();
    let (scheme, authority) = text.split_once("://")?;
    let scheme_fits = scheme.starts_with(|c: char| c.is_ascii_lowercase())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    if !scheme_fits {
        return None;
    }
    let (host, port) = split_port(authority)?;
    let host_fits = !host.is_empty() && host.chars().all(fits_in_a_host);
    let bracketed = host.starts_with('[') && host.ends_with(']');
    if !host_fits || (host.contains(['[', ']', ':']) && !bracketed) {
        return None;
    }
    match (scheme, port) {
        (_, None) | ("http", Some(80)) | ("https", Some(443)) => Some(format!("{scheme}://{host}")),
        (_, Some(port)) => Some(format!("{scheme}://{host}:{port}")),
    }
}

/// Splits `host:port`; the colons of a bracketed IPv6 address belong to the host.
fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => {
            let is_number = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
            is_number.then(|| port.parse().ok().map(|port| (host, Some(port))))?
        }
        _ => Some((authority, None)),
    }
}

fn fits_in_a_host(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '[' | ']' | ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let found = text.parse::<Origin>().ok();
        assert_eq!(found.as_ref().map(Origin::as_str), expected, "{text}");
    }

    #[test]
    fn two_spellings_of_one_origin_are_equal() {
        check("https://app.example.com", Some("https://app.example.com"));
        check("https://app.example.com/", Some("https://app.example.com"));
        check("HTTPS://App.Example.com:443/", Some("https://app.example.com"));
        check("http://localhost:80", Some("http://localhost"));
        check("http://localhost:3000", Some("http://localhost:3000"));
        check("https://localhost:80", Some("https://localhost:80"));
        check("http://[::1]:8080/", Some("http://[::1]:8080"));
        check("http://[::1]", Some("http://[::1]"));
        check("capacitor://localhost", Some("capacitor://localhost"));
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for text in [
            "",
            "null",
            "*",
            "app.example.com",
            "https:app.example.com/",
            "https://",
            "https://a/b",
            "https://a//",
            "https://user@a",
            "https://a b",
            "https://a?x",
            "https://a:port",
            "https://a:99999",
            "https://a:",
            "https://::1",
            "://a",
            "https://a;frame-src *",
        ] {
            check(text, None);
        }
    }
}
