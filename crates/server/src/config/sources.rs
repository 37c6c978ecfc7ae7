//! Where settings come from: flags, environment, file, defaults.

use std::collections::HashMap;
use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;

use model::nearest::nearest;

use super::ConfigError;
use super::settings::{SETTINGS, environment_name, find};

/// The settings that have a flag on the command line.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--config FILE`; without it `FANLIGHT_CONFIG`, and without that no file is read.
    pub config: Option<PathBuf>,
    /// `--data-dir DIR`
    pub data_dir: Option<PathBuf>,
    /// `--listen ADDRESS:PORT`
    pub listen: Option<String>,
}

/// The process's environment, as [`super::Config::read`] takes it.
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A value as it was given, and the name under which its giver knows it.
struct Given {
    text: String,
    name: String,
}

/// What was given, and the faults found so far.
pub(super) struct Gathered {
    values: HashMap<&'static str, Given>,
    faults: Vec<String>,
}

pub(super) fn gather(
    flags: &Flags,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<Gathered, ConfigError> {
    let mut gathered = Gathered { values: HashMap::new(), faults: Vec::new() };
    let of_environment = || environment("FANLIGHT_CONFIG").map(PathBuf::from);
    if let Some(path) = flags.config.clone().or_else(of_environment) {
        gathered.read_file(&path)?;
    }
    gathered.read_environment(&environment);
    let data_dir = flags.data_dir.as_ref().map(|path| path.to_string_lossy().into_owned());
    for (key, flag, value) in
        [("listen", "--listen", flags.listen.clone()), ("data_dir", "--data-dir", data_dir)]
    {
        if let Some(text) = value {
            gathered.values.insert(key, Given { text, name: flag.to_owned() });
        }
    }
    Ok(gathered)
}

impl Gathered {
    /// A setting's value, or the file that holds it: how container engines and service managers hand
    /// secrets over.
    fn read_environment(&mut self, environment: &impl Fn(&str) -> Option<String>) {
        for setting in SETTINGS {
            let name = environment_name(setting.key);
            let file_name = format!("{name}_FILE");
            match (environment(&name), environment(&file_name)) {
                (None, None) => {}
                (Some(text), None) => drop(self.values.insert(setting.key, Given { text, name })),
                (None, Some(path)) => match std::fs::read_to_string(&path) {
                    Ok(text) => {
                        let given = Given { text: text.trim_end().to_owned(), name: file_name };
                        self.values.insert(setting.key, given);
                    }
                    Err(error) => self.faults.push(format!("{file_name}: {path}: {error}")),
                },
                (Some(_), Some(_)) => {
                    self.faults.push(format!("{name}: is given, and {file_name} too"))
                }
            }
        }
    }

    fn read_file(&mut self, path: &std::path::Path) -> Result<(), ConfigError> {
        let fault = |error: &dyn Display| ConfigError(vec![format!("{}: {error}", path.display())]);
        let text = std::fs::read_to_string(path).map_err(|error| fault(&error))?;
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| fault(&error))?;
        for (key, value) in table {
            let name = format!("{}: {key}", path.display());
            match (SETTINGS.iter().find(|setting| setting.key == key), plain_text(&value)) {
                (None, _) => self.faults.push(unknown(&name, &key)),
                (Some(_), None) => {
                    self.faults.push(format!("{name}: must be a text, number, boolean or list"));
                }
                (Some(setting), Some(text)) => {
                    self.values.insert(setting.key, Given { text, name });
                }
            }
        }
        Ok(())
    }

    /// A setting that has a default.
    pub(super) fn parse<T: FromStr<Err: Display>>(&mut self, key: &'static str) -> T {
        self.parse_with(key, |text| {
            text.parse().map_err(|error: T::Err| format!("{error}, in {text:?}"))
        })
    }

    /// As [`Self::parse`], with a parser of its own.
    pub(super) fn parse_with<T>(
        &mut self,
        key: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> T {
        let default = find(key).default.unwrap_or_default();
        let given = self.values.get(key);
        match given.map(|given| parse(&given.text)) {
            Some(Ok(value)) => return value,
            Some(Err(message)) => self.fault(key, &message),
            None => {}
        }
        // With a fault noted, the default only stands in until `finish` reports it.
        parse(default).unwrap_or_else(|error| unreachable!("the default of {key}: {error}"))
    }

    /// A setting that may be absent; an empty text is absent.
    pub(super) fn optional<T>(
        &mut self,
        key: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = &self.values.get(key).filter(|given| !given.text.is_empty())?.text;
        match parse(text) {
            Ok(value) => Some(value),
            Err(message) => {
                self.fault(key, &message);
                None
            }
        }
    }

    fn fault(&mut self, key: &str, message: &str) {
        let name = self.values.get(key).map_or(key, |given| given.name.as_str());
        self.faults.push(format!("{name}: {message}"));
    }

    pub(super) fn finish<T>(self, config: T) -> Result<T, ConfigError> {
        if self.faults.is_empty() { Ok(config) } else { Err(ConfigError(self.faults)) }
    }
}

fn unknown(name: &str, key: &str) -> String {
    match nearest(key, SETTINGS.iter().map(|setting| setting.key)) {
        Some(known) => format!("{name}: there is no such setting; did you mean {known:?}?"),
        None => format!("{name}: there is no such setting"),
    }
}

/// A TOML value in the form that the environment would give it.
fn plain_text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Float(number) => Some(number.to_string()),
        toml::Value::Boolean(flag) => Some(flag.to_string()),
        toml::Value::Array(entries) => {
            let texts: Option<Vec<String>> = entries.iter().map(plain_text).collect();
            texts.map(|texts| texts.join(","))
        }
        _ => None,
    }
}
