//! Where the source answers.

use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;

/// Paths that people copy together with the address of an API.
const TAILS: [&str; 5] = ["/v2/api/customers", "/v2/api", "/v2", "/api/customers", "/api"];

/// The address of a server that speaks the API for customers: `https://api.explo.co`, perhaps with a
/// base path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(Url);

/// The text is no such address. The message completes "`--from` …".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a URL such as https://api.explo.co, not {0:?}")]
pub struct InvalidAddress(String);

impl FromStr for Address {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidAddress(text.to_owned());
        let mut url = Url::parse(text.trim()).map_err(|_| invalid())?;
        let has_user = !url.username().is_empty() || url.password().is_some();
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() || has_user {
            return Err(invalid());
        }
        url.set_query(None);
        url.set_fragment(None);
        let path = base_path(url.path()).to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }
}

impl Address {
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Whether others on the way can read what is sent and answered.
    pub fn is_open_to_others(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let is_loopback = host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
        let is_here = host == "localhost" || is_loopback;
        self.0.scheme() == "http" && !is_here
    }

    /// The list of customers, with the closing slash that Explo wants.
    pub(super) fn customers(&self) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}/v2/api/customers/", base_path(self.0.path())));
        url
    }
}

fn base_path(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    let bases = TAILS.iter().filter_map(|tail| path.strip_suffix(tail));
    bases.min_by_key(|base| base.len()).unwrap_or(path).trim_end_matches('/')
}

/// Whether a redirect stays with the server that the token is for. From `http` to `https` it may go.
pub(super) fn is_same_server(from: &Url, to: &Url) -> bool {
    let is_same_port = from.port_or_known_default() == to.port_or_known_default();
    let is_same = from.scheme() == to.scheme() && is_same_port;
    let is_upgrade = (from.scheme(), to.scheme()) == ("http", "https")
        && from.port().is_none()
        && to.port().is_none();
    from.host() == to.host() && (is_same || is_upgrade)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let found = text.parse::<Address>().ok().map(|address| address.customers().to_string());
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn an_address_is_taken_as_people_copy_it() {
        let explo = Some("https://api.explo.co/v2/api/customers/");
        check("https://api.explo.co", explo);
        check(" https://api.explo.co/ ", explo);
        check("https://api.explo.co/api/", explo);
        check("https://api.explo.co/v2/api", explo);
        check("https://api.explo.co/v2/api/customers/?page=1#x", explo);
        check("https://api.explo.co/api/customers", explo);
        let below = Some("http://10.0.0.1:8080/dashboards/v2/api/customers/");
        check("http://10.0.0.1:8080/dashboards", below);
        check("http://10.0.0.1:8080/dashboards/api/", below);
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "api.explo.co", "ftp://api.explo.co", "https://me:pass@api.explo.co"] {
            check(text, None);
        }
        let told = "api.explo.co".parse::<Address>().expect_err("no URL").to_string();
        assert_eq!(told, "must be a URL such as https://api.explo.co, not \"api.explo.co\"");
    }

    #[test]
    fn an_address_shows_without_its_closing_slash() {
        let shown = |text: &str| text.parse::<Address>().expect("an address").as_str().to_owned();
        assert_eq!(shown("https://api.explo.co/"), "https://api.explo.co");
        assert_eq!(shown("https://x.example/a/api"), "https://x.example/a");
    }

    #[test]
    fn only_plain_http_to_elsewhere_is_open_to_others() {
        let is_open = |text: &str| text.parse::<Address>().expect("an address").is_open_to_others();
        assert!(is_open("http://api.explo.co") && is_open("http://10.0.0.1:8080"));
        for text in
            ["https://api.explo.co", "http://localhost", "http://127.0.0.1:1", "http://[::1]"]
        {
            assert!(!is_open(text), "{text}");
        }
    }

    #[test]
    fn a_redirect_may_not_carry_the_token_to_another_server() {
        let check = |from: &str, to: &str, expected: bool| {
            let url = |text: &str| Url::parse(text).expect("a URL");
            assert_eq!(is_same_server(&url(from), &url(to)), expected, "{from} -> {to}");
        };
        check("https://a.example/x", "https://a.example/x/", true);
        check("http://a.example/x", "https://a.example/x", true);
        check("http://a.example:8080/x", "https://a.example/x", false);
        check("https://a.example/x", "http://a.example/x", false);
        check("https://a.example/x", "https://b.example/x", false);
        check("https://a.example/x", "https://a.example:8443/x", false);
    }
}
