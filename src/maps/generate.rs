//! Writing, or checking, everything that is made from maps: the bindings, the documentation tables and the
//! JSON Schema.

use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::codegen::{self, CodegenError};
use super::export::{markdown, pmbus as commands};
use super::lint::Map;
use super::report::Report;
use super::{LintError, lint, pmbus, schema};

/// Where generated files go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outputs {
    /// Folder of the generated modules, with a `mod.rs` that names each.
    pub modules: PathBuf,
    /// The JSON Schema of register maps; that of PMBus maps goes beside it.
    pub schema: PathBuf,
    /// Folder of the documentation tables, one document a map; `None` for a map that is not documented.
    pub tables: Option<PathBuf>,
    /// Whether the maps are all there are, so that the list of the documents can be written too.
    pub complete: bool,
}

impl Default for Outputs {
    /// The places in this repository, from its root.
    fn default() -> Self {
        Self {
            modules: PathBuf::from("registers/src/generated"),
            schema: PathBuf::from("registers/schema/register-map.schema.json"),
            tables: Some(PathBuf::from("spec/registers")),
            complete: true,
        }
    }
}

/// Whether to write or only to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Write what differs.
    Write,
    /// Write nothing; say what differs.
    Check,
}

/// Why nothing could be generated.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// The maps have findings; bindings are made from clean maps only.
    #[error("{0}\nnothing was generated: mend the maps first")]
    Findings(Report),
    /// The lint could not run.
    #[error(transparent)]
    Lint(#[from] LintError),
    /// A map that the bindings cannot express.
    #[error("{}: {source}", path.display())]
    Codegen {
        /// The map.
        path: PathBuf,
        /// Why.
        source: CodegenError,
    },
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// What became of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// It is what the maps generate.
    Same,
    /// It was written.
    Written,
    /// It does not exist.
    Missing,
    /// It differs, first at this line (from 1).
    Differs(usize),
    /// `mod.rs` lacks the declaration of a generated module.
    NotDeclared,
}

impl FileState {
    /// Whether the file is not what it should be.
    pub fn is_drift(self) -> bool {
        !matches!(self, Self::Same | Self::Written)
    }
}

/// One file and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    /// The file; for [`FileState::NotDeclared`] the module that is not declared.
    pub path: PathBuf,
    /// What became of it.
    pub state: FileState,
}

impl fmt::Display for FileReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match self.state {
            FileState::Same => write!(f, "{path}: up to date"),
            FileState::Written => write!(f, "{path}: written"),
            FileState::Missing => write!(f, "{path}: missing; run `dpo registers generate`"),
            FileState::Differs(line) => {
                write!(f, "{path}:{line}: differs from what the maps generate; run `dpo registers generate`")
            }
            FileState::NotDeclared => {
                write!(f, "{path}: not declared; add `#[rustfmt::skip] pub mod …;` to the mod.rs beside it")
            }
        }
    }
}

/// What became of every file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenerateReport {
    /// The files, in the order of the maps; the schema is last.
    pub files: Vec<FileReport>,
}

impl GenerateReport {
    /// Whether any file is not what it should be.
    pub fn drift(&self) -> bool {
        self.files.iter().any(|f| f.state.is_drift())
    }
}

impl fmt::Display for GenerateReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, file) in self.files.iter().enumerate() {
            let end = if i + 1 < self.files.len() { "\n" } else { "" };
            write!(f, "{file}{end}")?;
        }
        Ok(())
    }
}

/// Generates a module and a document for each map, and the schema. Every output is computed before the first is
/// written, so a map that fails leaves all files as they were.
///
/// # Errors
/// [`GenerateError`] if a map has findings or a file cannot be read or written.
pub fn generate(paths: &[PathBuf], outputs: &Outputs, mode: Mode) -> Result<GenerateReport, GenerateError> {
    let (report, maps) = lint::check(paths)?;
    if !report.is_clean() {
        return Err(GenerateError::Findings(report));
    }
    let mut texts = Vec::new();
    let mut modules = Vec::new();
    for checked in &maps {
        let source = |source| GenerateError::Codegen { path: checked.path.clone(), source };
        let (id, code) = match &checked.map {
            Map::Registers(map) => (&map.id, codegen::generate(map)),
            Map::Commands(map) => (&map.id, pmbus::codegen::generate(map)),
        };
        let code = code.map_err(source)?;
        let module = codegen::module_name(id);
        texts.push((outputs.modules.join(format!("{module}.rs")), code));
        modules.push(module);
    }
    let registers = || {
        maps.iter().filter_map(|checked| match &checked.map {
            Map::Registers(map) => Some(map),
            Map::Commands(_) => None,
        })
    };
    let pmbus_maps = || {
        maps.iter().filter_map(|checked| match &checked.map {
            Map::Registers(_) => None,
            Map::Commands(map) => Some((&checked.path, map)),
        })
    };
    if let Some(folder) = &outputs.tables {
        for map in registers() {
            let source = format!("../../registers/maps/{}.json", map.id);
            texts.push((folder.join(format!("{}.md", map.id)), markdown::document(map, Some(&source))));
        }
        for (path, map) in pmbus_maps() {
            let given = registers().find(|m| map.mirrors.as_ref() == Some(&m.id));
            let found = if given.is_none() { pmbus::mirrored(map, path) } else { None };
            let source = format!("../../registers/maps/{}.json", map.id);
            let page = commands::document(map, given.or(found.as_ref()), Some(&source));
            texts.push((folder.join(format!("{}.md", map.id)), page));
        }
        if outputs.complete {
            let maps = pmbus_maps().map(|(_, map)| map);
            let index = markdown::index(registers()) + &commands::index(maps);
            texts.push((folder.join("README.md"), index));
        }
    }
    if registers().next().is_some() {
        texts.push((outputs.schema.clone(), schema::text()));
    }
    if pmbus_maps().next().is_some() {
        texts.push((outputs.schema.with_file_name("pmbus-map.schema.json"), schema::pmbus_text()));
    }
    let mut files = Vec::new();
    for (path, text) in &texts {
        let mut state = compare(path, text)?;
        if mode == Mode::Write && state.is_drift() {
            write(path, text)?;
            state = FileState::Written;
        }
        files.push(FileReport { path: path.clone(), state });
    }
    for module in undeclared(&outputs.modules.join("mod.rs"), &modules)? {
        let path = outputs.modules.join(format!("{module}.rs"));
        files.push(FileReport { path, state: FileState::NotDeclared });
    }
    Ok(GenerateReport { files })
}

fn compare(path: &Path, text: &str) -> Result<FileState, GenerateError> {
    let there = match std::fs::read_to_string(path) {
        Ok(there) => there,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(FileState::Missing),
        // Not UTF-8: it differs at once.
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => return Ok(FileState::Differs(1)),
        Err(source) => return Err(GenerateError::Io { path: path.to_owned(), source }),
    };
    if there == text {
        return Ok(FileState::Same);
    }
    let same = there.lines().zip(text.lines()).take_while(|(a, b)| a == b).count();
    Ok(FileState::Differs(same + 1))
}

/// Writes beside the file and renames, so that no half file is ever seen.
fn write(path: &Path, text: &str) -> Result<(), GenerateError> {
    let io = |source| GenerateError::Io { path: path.to_owned(), source };
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(io)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = folder.join(name);
    let mut file = std::fs::File::create(&new).map_err(io)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(io)?;
    std::fs::rename(&new, path).map_err(io)
}

/// Modules that `mod.rs` does not declare.
fn undeclared<'a>(file: &Path, modules: &'a [String]) -> Result<Vec<&'a String>, GenerateError> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(source) => return Err(GenerateError::Io { path: file.to_owned(), source }),
    };
    let source = |source: syn::Error| GenerateError::Codegen { path: file.to_owned(), source: source.into() };
    let declared: Vec<String> = syn::parse_file(&text)
        .map_err(source)?
        .items
        .iter()
        .filter_map(|item| match item {
            syn::Item::Mod(module) => Some(module.ident.to_string()),
            _ => None,
        })
        .collect();
    Ok(modules.iter().filter(|m| !declared.contains(m)).collect())
}
