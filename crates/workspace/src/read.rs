//! From a folder to a declaration.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use model::dashboard::Dashboard;
use model::declaration::{
    Declaration, DeclarationFault, DeclaredDashboard, DeclaredSchema, DeclaredSource,
};
use model::name::{DashboardName, EnvironmentName, GroupName, SchemaName, SourceName, TableName};
use model::source::{Connection, FileTable};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::document::{
    ENVIRONMENTS, SourceDocument, WorkspaceDocument, dashboard_schema, workspace_schema,
};
use crate::fault::Fault;
use crate::located::Node;
use crate::{Workspace, shape};

/// The file that makes a folder a workspace.
pub(crate) const WORKSPACE_FILE: &str = "workspace.yaml";

/// Reads everything, so that all faults show at once; they come in the order of files and lines.
pub(crate) fn read(folder: &Path) -> Result<Workspace, Vec<Fault>> {
    let folder = std::path::absolute(folder)
        .map_err(|error| vec![Fault::of_file(folder, format!("cannot be found: {error}"))])?;
    let mut reader = Reader { folder, faults: Vec::new(), files: Files::default() };
    let declaration = reader.workspace();
    let dashboards = reader.dashboards();
    let Some(mut declaration) = declaration else { return Err(reader.into_faults()) };
    declaration.dashboards = dashboards;
    reader.check(&declaration);
    if reader.faults.is_empty() {
        Ok(Workspace { declaration, files: reader.files })
    } else {
        Err(reader.into_faults())
    }
}

/// What was read, to find the place of what is found wrong later.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files {
    workspace: Option<Node>,
    dashboards: BTreeMap<DashboardName, (PathBuf, Node)>,
}

impl Files {
    /// A fault at the place that a path into the declaration names.
    pub(crate) fn fault(&self, path: &[String], message: &str) -> Fault {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["dashboards", name, rest @ ..] => match self.dashboards.get(*name) {
                Some((file, node)) => {
                    Fault::at(file, node.nearest_to(rest.iter().copied()).at, message)
                }
                None => Fault::of_file(Path::new("dashboards"), message),
            },
            path => self.fault_in_workspace(path, message),
        }
    }

    fn fault_in_workspace(&self, path: &[&str], message: &str) -> Fault {
        let file = Path::new(WORKSPACE_FILE);
        let Some(node) = &self.workspace else { return Fault::of_file(file, message) };
        let Some(in_file) = place_in_file(node, path) else {
            return Fault::at(file, node.at, message);
        };
        Fault::at(file, node.nearest_to(in_file).at, message)
    }
}

/// A declaration lists data sources by themselves; in the file they stand in their schema.
fn place_in_file<'a>(node: &'a Node, path: &[&'a str]) -> Option<Vec<&'a str>> {
    let ["sources", source, rest @ ..] = path else { return Some(path.to_vec()) };
    let schemas = node.get("schemas")?;
    let schema = schemas.keys().find(|schema| {
        let sources = schemas.get(schema).and_then(|schema| schema.get("sources"));
        sources.is_some_and(|sources| sources.get(source).is_some())
    })?;
    Some([&["schemas", schema, "sources", source], rest].concat())
}

struct Reader {
    folder: PathBuf,
    faults: Vec<Fault>,
    files: Files,
}

impl Reader {
    fn into_faults(mut self) -> Vec<Fault> {
        // What a workspace declares comes before the dashboards that refer to it.
        let rank = |fault: &Fault| fault.file != Path::new(WORKSPACE_FILE);
        self.faults.sort_by(|a, b| (rank(a), a).cmp(&(rank(b), b)));
        self.faults
    }

    /// The declaration without dashboards; `None` when the file has faults.
    fn workspace(&mut self) -> Option<Declaration> {
        let file = Path::new(WORKSPACE_FILE);
        let node = self.parse(file, workspace_schema())?;
        let document: Option<WorkspaceDocument> = self.document(file, &node, node.to_json());
        self.files.workspace = Some(node);
        document.map(|document| self.declaration(document))
    }

    fn declaration(&mut self, document: WorkspaceDocument) -> Declaration {
        let mut declaration = Declaration {
            levels: document.levels.map(|levels| levels.0),
            groups: self.set("groups", document.groups),
            tags: document.tags,
            environments: self.set(ENVIRONMENTS, document.environments),
            ..Declaration::default()
        };
        for (name, schema) in document.schemas {
            for (source, found) in schema.sources {
                self.source(&mut declaration, &name, source, found);
            }
            let (default_source, group_defaults) = (schema.default_source, schema.group_defaults);
            declaration.schemas.insert(name, DeclaredSchema { default_source, group_defaults });
        }
        declaration
    }

    /// A list of names as a set; a name that stands twice is a fault.
    fn set<T: Ord + Clone + AsRef<str>>(&mut self, list: &str, names: Vec<T>) -> BTreeSet<T> {
        let mut set = BTreeSet::new();
        for (at, name) in names.into_iter().enumerate() {
            let text = name.as_ref().to_owned();
            if !set.insert(name) {
                let path = [list.to_owned(), at.to_string()];
                self.faults.push(self.files.fault(&path, &format!("{text:?} stands twice")));
            }
        }
        set
    }

    fn source(
        &mut self,
        declaration: &mut Declaration,
        schema: &SchemaName,
        name: SourceName,
        found: SourceDocument,
    ) {
        let at = |rest: &[&str]| -> Vec<String> {
            let path = ["schemas", schema.as_str(), "sources", name.as_str()];
            path.iter().chain(rest).map(|step| (*step).to_owned()).collect()
        };
        if declaration.sources.contains_key(&name) {
            let message = "another schema has a data source of this name; names are unique";
            self.faults.push(self.files.fault(&at(&[]), message));
        }
        let Some(group) = found.group.or_else(|| only(&declaration.groups)) else {
            let message = "needs the key \"group\", because the workspace has several groups";
            self.faults.push(self.files.fault(&at(&[]), message));
            return;
        };
        let mut connection = found.connection;
        for (path, message) in self.resolve_files(&mut connection) {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            self.faults.push(self.files.fault(&at(&path), &message));
        }
        let isolated = found.isolated;
        let source = DeclaredSource { schema: schema.clone(), group, isolated, connection };
        declaration.sources.insert(name, source);
    }

    /// Makes paths absolute, without following links: a link may be turned to tomorrow's file.
    /// Returns the places and messages of files that are missing.
    fn resolve_files(&self, connection: &mut Connection) -> Vec<(Vec<String>, String)> {
        let named: Vec<NamedPath<'_>> = match connection {
            // In a store of objects, paths are keys.
            Connection::Files(files) if files.storage.is_some() => Vec::new(),
            Connection::Files(files) => files
                .tables
                .iter_mut()
                .map(|(name, table)| NamedPath::of_table(name, table))
                .collect(),
            Connection::Sqlite(file) => vec![NamedPath {
                steps: vec!["path"],
                expected: file.path.clone(),
                check: check_file,
                path: &mut file.path,
            }],
            Connection::Postgres(_) | Connection::MySql(_) | Connection::ClickHouse(_) => {
                Vec::new()
            }
        };
        let mut faults = Vec::new();
        for NamedPath { steps, expected, check, path } in named {
            if let Err(message) = check(&self.folder.join(expected)) {
                let steps = std::iter::once("connection").chain(steps);
                faults.push((steps.map(str::to_owned).collect(), message));
            }
            *path = self.folder.join(&*path).to_string_lossy().into_owned();
        }
        faults
    }

    fn dashboards(&mut self) -> BTreeMap<DashboardName, DeclaredDashboard> {
        let mut dashboards = BTreeMap::new();
        for file in self.dashboard_files() {
            let Some((node, found)) = self.dashboard(&file) else { continue };
            let name = found.definition.name.clone();
            if let Some((first, _)) = self.files.dashboards.get(&name) {
                let message =
                    format!("{} already has a dashboard of the name {name}", first.display());
                self.faults.push(Fault::at(&file, node.nearest_to(["name"]).at, message));
                continue;
            }
            self.files.dashboards.insert(name.clone(), (file, node));
            dashboards.insert(name, found);
        }
        dashboards
    }

    /// The YAML files of `dashboards/`, by name; none when there is no such folder.
    fn dashboard_files(&mut self) -> Vec<PathBuf> {
        let folder = Path::new("dashboards");
        let entries = match fs::read_dir(self.folder.join(folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
            Err(error) => {
                self.faults.push(Fault::of_file(folder, format!("cannot be read: {error}")));
                return Vec::new();
            }
        };
        let is_yaml = |file: &PathBuf| {
            file.extension().is_some_and(|ending| ending == "yaml" || ending == "yml")
        };
        let names = entries.filter_map(|entry| Some(folder.join(entry.ok()?.file_name())));
        let mut files: Vec<PathBuf> = names.filter(is_yaml).collect();
        files.sort();
        files
    }

    fn dashboard(&mut self, file: &Path) -> Option<(Node, DeclaredDashboard)> {
        let node = self.parse(file, dashboard_schema())?;
        let mut json = node.to_json();
        let environments = json.as_object_mut().and_then(|map| map.shift_remove(ENVIRONMENTS));
        let environments = environments.unwrap_or_else(|| Value::Array(Vec::new()));
        let list = node.get(ENVIRONMENTS).unwrap_or(&node);
        let environments: Option<Vec<EnvironmentName>> = self.document(file, list, environments);
        let definition: Option<Dashboard> = self.document(file, &node, json);
        let environments = environments?.into_iter().collect();
        Some((node, DeclaredDashboard { definition: definition?, environments }))
    }

    /// A file as a tree of the schema's shape; `None` when that has faults.
    fn parse(&mut self, file: &Path, schema: &Value) -> Option<Node> {
        let text = match fs::read_to_string(self.folder.join(file)) {
            Ok(text) => text,
            Err(error) => {
                self.faults.push(Fault::of_file(file, unreadable(&self.folder, &error)));
                return None;
            }
        };
        let node = match Node::parse(&text) {
            Ok(node) => node,
            Err(error) => {
                let (file, message) = (file.to_owned(), error.message);
                self.faults.push(Fault { file, place: error.at, message });
                return None;
            }
        };
        let faults = shape::faults(schema, &node);
        let fits = faults.is_empty();
        self.faults.extend(faults.into_iter().map(|f| Fault::at(file, f.at, f.message)));
        fits.then_some(node)
    }

    /// The value as its type, which checks names and bounds.
    fn document<T: DeserializeOwned>(
        &mut self,
        file: &Path,
        node: &Node,
        json: Value,
    ) -> Option<T> {
        match serde_path_to_error::deserialize(json) {
            Ok(document) => Some(document),
            Err(error) => {
                let steps: Vec<String> = error.path().iter().map(ToString::to_string).collect();
                let steps = steps.iter().map(|step| step.trim_matches(['[', ']']));
                let at = node.nearest_to(steps).at;
                self.faults.push(Fault::at(file, at, error.into_inner().to_string()));
                None
            }
        }
    }

    fn check(&mut self, declaration: &Declaration) {
        for DeclarationFault { path, message } in declaration.check() {
            self.faults.push(self.files.fault(&path, &message));
        }
    }
}

fn only(groups: &BTreeSet<GroupName>) -> Option<GroupName> {
    if groups.len() == 1 { groups.first().cloned() } else { None }
}

/// A path in a connection.
struct NamedPath<'a> {
    /// The way to it within the connection.
    steps: Vec<&'a str>,
    /// What must be there.
    expected: String,
    check: fn(&Path) -> Result<(), String>,
    path: &'a mut String,
}

impl<'a> NamedPath<'a> {
    fn of_table(name: &'a TableName, table: &'a mut FileTable) -> Self {
        let (expected, check): (_, fn(&Path) -> _) = match table.pattern() {
            Some((folder, _)) => (folder.to_owned(), check_folder),
            None => (table.path.clone(), check_file_or_folder),
        };
        Self {
            steps: vec!["tables", name.as_str(), "path"],
            expected,
            check,
            path: &mut table.path,
        }
    }
}

fn check_file(path: &Path) -> Result<(), String> {
    check_place(path, "file", fs::Metadata::is_file)
}

fn check_folder(path: &Path) -> Result<(), String> {
    check_place(path, "folder", fs::Metadata::is_dir)
}

fn check_file_or_folder(path: &Path) -> Result<(), String> {
    check_place(path, "file or folder", |found| found.is_file() || found.is_dir())
}

fn check_place(
    path: &Path,
    what: &str,
    fits: impl Fn(&fs::Metadata) -> bool,
) -> Result<(), String> {
    match fs::metadata(path) {
        Ok(found) if fits(&found) => Ok(()),
        Ok(_) => Err(format!("{} is no {what}", path.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(format!("there is no {what} {}", path.display()))
        }
        Err(error) => Err(format!("{} cannot be read: {error}", path.display())),
    }
}

fn unreadable(folder: &Path, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => format!(
            "there is no such file in {}; `fanlight new DIR` writes a first workspace",
            folder.display()
        ),
        io::ErrorKind::InvalidData => "is not UTF-8 text".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}
