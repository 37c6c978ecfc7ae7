//! Surfaces: which conventions hold below which path.

/// What a path belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Surface {
    /// `/api/…` and `/v2/…`: Explo's API.
    Facade,
    /// `/v1/…`: the native management API.
    Native,
    /// `/embed/…`: what the elements call.
    Embed,
    /// Everything else: the web parts and what machines ask.
    Web,
}

impl Surface {
    /// In the order of their numbers.
    pub(crate) const ALL: [Self; 4] = [Self::Facade, Self::Native, Self::Embed, Self::Web];

    /// For metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Facade => "facade",
            Self::Native => "native",
            Self::Embed => "embed",
            Self::Web => "web",
        }
    }

    pub(crate) fn of(path: &str) -> Self {
        match path.split('/').nth(1) {
            Some("api" | "v2") => Self::Facade,
            Some("v1") => Self::Native,
            Some("embed") => Self::Embed,
            _ => Self::Web,
        }
    }

    /// Whether API tokens and admin keys are at home here.
    pub(crate) fn is_management(self) -> bool {
        matches!(self, Self::Facade | Self::Native)
    }
}

/// A path as the log may hold it: `/iframe/…` is the one place where a credential stands in a path.
pub(crate) fn loggable(path: &str) -> &str {
    if path.starts_with("/iframe") { "/iframe/…" } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_the_surface_of_its_first_segment() {
        let cases = [
            ("/api/customers/", Surface::Facade),
            ("/api", Surface::Facade),
            ("/v2/api/customers", Surface::Facade),
            ("/apis", Surface::Web),
            ("/v1/customers", Surface::Native),
            ("/embed/v1/dashboard", Surface::Embed),
            ("/", Surface::Web),
            ("*", Surface::Web),
        ];
        for (path, surface) in cases {
            assert_eq!(Surface::of(path), surface, "{path}");
        }
    }

    #[test]
    fn the_log_never_holds_the_credential_of_an_iframe() {
        assert_eq!(loggable("/iframe/kQ3vT8mB2x/0123abcd/production"), "/iframe/…");
        assert_eq!(loggable("/api/customers/"), "/api/customers/");
    }
}
