//! What an embed token says.

use jiff::Timestamp;
use model::name::{EmbedId, ProvidedId};
use serde_json::{Map, Number, Value};

use crate::json::{self, kind_of};
use crate::origin::Origin;

/// The claims of an embed token.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims {
    /// `cst`: the customer the token speaks for, in the group of the token's secret.
    pub customer: ProvidedId,
    /// `dsh`: the dashboard it opens.
    pub dashboard: EmbedId,
    /// `exp`: from this moment on the token is dead.
    pub expires: Timestamp,
    /// `iss`: the only origin whose pages may use the token; `None`: any.
    pub issuer: Option<Origin>,
    /// `rbc`: what the viewer may do in the report builder; `None`: everything.
    pub features: Option<Features>,
    /// `des`: whether the viewer may not edit the editable section.
    pub disables_editing: Option<bool>,
    /// `cht`: the one chart that is embedded; `None`: the whole dashboard.
    pub chart: Option<String>,
}

/// What a viewer may do in the report builder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Features {
    /// `["*"]`
    All,
    Only(Vec<Feature>),
}

/// One thing that a viewer may do in the report builder, beside what is always allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    Filter,
    Sort,
    /// Create and edit reports and views; includes the two below.
    Core,
    CreateView,
    Fork,
}

/// The word for no feature at all was found. The message completes "`field[i]` …".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be one of flt, srt, core, crt-view and fork, or * alone")]
pub struct UnknownFeature;

impl Feature {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Filter, "flt"),
        (Self::Sort, "srt"),
        (Self::Core, "core"),
        (Self::CreateView, "crt-view"),
        (Self::Fork, "fork"),
    ];

    pub fn as_str(self) -> &'static str {
        let word = Self::ALL.iter().find(|(feature, _)| *feature == self).map(|(_, word)| *word);
        word.unwrap_or_else(|| unreachable!("all features are listed"))
    }
}

impl std::str::FromStr for Feature {
    type Err = UnknownFeature;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|(_, known)| *known == word);
        found.map(|(feature, _)| *feature).ok_or(UnknownFeature)
    }
}

impl Claims {
    /// Whether a page may use the token, given the `Origin` and `Sec-Fetch-Site` headers of its
    /// call. Our own iframe page calls as same-origin; who may frame it, its own headers say.
    pub fn allows_page(&self, origin: Option<&str>, fetch_site: Option<&str>) -> bool {
        let Some(issuer) = &self.issuer else { return true };
        let calls_from_issuer = origin
            .and_then(|text| text.parse().ok())
            .is_some_and(|origin: Origin| origin == *issuer);
        calls_from_issuer || fetch_site == Some("same-origin")
    }

    /// Reads the content of an opened token. Unknown claims mean nothing.
    pub(super) fn read(content: &[u8]) -> Result<Self, String> {
        let claims = match json::read(content) {
            Ok(Value::Object(claims)) => claims,
            Ok(other) => return Err(format!("they must be an object, not {}", kind_of(&other))),
            Err(fault) => return Err(fault.to_string()),
        };
        Ok(Self {
            customer: customer(&claims)?,
            dashboard: text(&claims, "dsh")?
                .ok_or("dsh is missing")?
                .parse()
                .map_err(|error| format!("dsh {error}"))?,
            expires: expires(&claims)?,
            issuer: issuer(&claims)?,
            features: features(&claims)?,
            disables_editing: flag(&claims, "des")?,
            chart: text(&claims, "cht")?.map(str::to_owned),
        })
    }

    pub(super) fn to_json(&self, now: Timestamp) -> Vec<u8> {
        let mut claims = Map::new();
        let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        put("cst", self.customer.as_str().into());
        put("dsh", self.dashboard.as_str().into());
        put("iat", now.as_second().into());
        put("exp", self.expires.as_second().into());
        if let Some(issuer) = &self.issuer {
            put("iss", issuer.with_slash().into());
        }
        if let Some(features) = &self.features {
            put("rbc", features.words().into());
        }
        if let Some(disables_editing) = self.disables_editing {
            put("des", disables_editing.into());
        }
        if let Some(chart) = &self.chart {
            put("cht", chart.as_str().into());
        }
        Value::Object(claims).to_string().into_bytes()
    }
}

impl Features {
    fn words(&self) -> Vec<&'static str> {
        match self {
            Self::All => vec!["*"],
            Self::Only(features) => features.iter().map(|feature| feature.as_str()).collect(),
        }
    }
}

/// The claim when it is there and not `null`.
fn claim<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    claims.get(name).filter(|value| !value.is_null())
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, String> {
    match claim(claims, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(format!("{name} must be text, not {}", kind_of(other))),
    }
}

fn flag(claims: &Map<String, Value>, name: &str) -> Result<Option<bool>, String> {
    match claim(claims, name) {
        None => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(other) => Err(format!("{name} must be true or false, not {}", kind_of(other))),
    }
}

/// The id as text; a number is taken for its text, as everywhere in the management API.
fn customer(claims: &Map<String, Value>) -> Result<ProvidedId, String> {
    let id = match claim(claims, "cst") {
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => text(claims, "cst")?.map(str::to_owned),
    };
    let id = id.ok_or("cst is missing")?;
    ProvidedId::try_from(id).map_err(|error| format!("cst {error}"))
}

/// `exp` is a number of seconds, whole or not.
fn expires(claims: &Map<String, Value>) -> Result<Timestamp, String> {
    let seconds = match claim(claims, "exp") {
        None => return Err("exp is missing".to_owned()),
        Some(Value::Number(number)) => Number::as_f64(number),
        Some(other) => return Err(format!("exp must be a number, not {}", kind_of(other))),
    };
    // A cast to an integer saturates, and what no calendar holds is past or beyond all tokens.
    let microseconds = (seconds.unwrap_or_default() * 1e6).floor() as i64;
    let end_of_time = if microseconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Ok(Timestamp::from_microsecond(microseconds).unwrap_or(end_of_time))
}

fn issuer(claims: &Map<String, Value>) -> Result<Option<Origin>, String> {
    let origin = text(claims, "iss")?.map(str::parse::<Origin>).transpose();
    origin.map_err(|error| format!("iss {error}"))
}

/// Words that this version does not know allow nothing; `*` means everything only when alone.
fn features(claims: &Map<String, Value>) -> Result<Option<Features>, String> {
    let words = match claim(claims, "rbc") {
        None => return Ok(None),
        Some(Value::Array(words)) => words,
        Some(other) => return Err(format!("rbc must be a list, not {}", kind_of(other))),
    };
    if let [Value::String(word)] = words.as_slice()
        && word == "*"
    {
        return Ok(Some(Features::All));
    }
    let known = words.iter().filter_map(Value::as_str).filter_map(|word| word.parse().ok());
    Ok(Some(Features::Only(known.collect())))
}
