//! Several shelves in one run: each judged by itself, one after the other, and one report of them all.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::outcome::{Record, Verdict};
use crate::run::{Plan, RunError, run};
use crate::targets::{DeviceName, Target};

/// Longest file of a rack that is read, in bytes.
const LONGEST: u64 = 1 << 20;
/// Most shelves of a rack.
const MOST: usize = 64;

/// A shelf of a run.
#[derive(Debug, Clone)]
pub struct Shelf {
    /// Its name, which goes before every subject of its records; empty if the run has one shelf.
    pub name: String,
    /// What is played on it.
    pub plan: Plan,
}

impl Shelf {
    /// A name with that of the shelf before it.
    pub fn names(&self, what: &str) -> String {
        if self.name.is_empty() { what.to_owned() } else { format!("{}: {what}", self.name) }
    }
}

/// Plays the shelves one after the other and hands each record to `sink` as soon as it is there; the verdict is over all.
///
/// # Errors
/// [`RunError`] of the first shelf that could not be played; what was played before has been handed on.
pub async fn play(shelves: &[Shelf], sink: &mut dyn FnMut(&Record)) -> Result<Verdict, RunError> {
    let mut records = Vec::new();
    for shelf in shelves {
        run(&shelf.plan, &mut |record| {
            let record = Record { subject: shelf.names(&record.subject), ..record.clone() };
            sink(&record);
            records.push(record);
        })
        .await?;
    }
    let strict = shelves.first().is_some_and(|shelf| shelf.plan.selection.strict);
    Ok(Verdict::judge(&records, strict))
}

/// A shelf as a rack file names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) targets: Vec<Target>,
    pub(crate) devices: Vec<DeviceName>,
    /// Its capability statement.
    pub(crate) pics: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    shelf: Vec<ShelfText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShelfText {
    name: String,
    targets: Vec<String>,
    #[serde(default)]
    devices: Vec<String>,
    pics: Option<PathBuf>,
}

/// Reads a rack file. Paths in it begin at its folder.
///
/// # Errors
/// What is wrong, with the file and the shelf.
pub(crate) fn read(path: &Path) -> Result<Vec<Named>, String> {
    let mut text = String::new();
    let file = File::open(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let read = file.take(LONGEST + 1).read_to_string(&mut text);
    read.map_err(|e| format!("{}: {e}", path.display()))?;
    if text.len() as u64 > LONGEST {
        return Err(format!("{}: too long for a rack", path.display()));
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    parse(&text, folder).map_err(|e| format!("{}: {e}", path.display()))
}

fn parse(text: &str, folder: &Path) -> Result<Vec<Named>, String> {
    let rack: Text = toml::from_str(text).map_err(|e| e.to_string())?;
    if rack.shelf.is_empty() || rack.shelf.len() > MOST {
        return Err(format!("{} shelves; a rack has 1 to {MOST}", rack.shelf.len()));
    }
    let mut names = BTreeSet::new();
    let mut shelves = Vec::new();
    for shelf in rack.shelf {
        let name = shelf.name;
        if name.trim().is_empty() || name.contains(char::is_control) || !names.insert(name.clone()) {
            return Err(format!("shelf {name:?}: each shelf needs a name of its own"));
        }
        if shelf.targets.is_empty() {
            return Err(format!("shelf {name:?}: it names no target"));
        }
        if shelf.pics.is_some() && !shelf.devices.is_empty() {
            return Err(format!("shelf {name:?}: its capability statement (pics) names the devices"));
        }
        let of = |error: String| format!("shelf {name:?}: {error}");
        let targets = shelf.targets.iter().map(|t| t.parse().map_err(of)).collect::<Result<Vec<_>, _>>()?;
        let devices = shelf.devices.iter().map(|d| d.parse().map_err(of)).collect::<Result<Vec<_>, _>>()?;
        let pics = shelf.pics.map(|file| folder.join(file));
        shelves.push(Named { name, targets, devices, pics });
    }
    Ok(shelves)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rack_names_its_shelves_and_every_mistake_has_its_place() {
        let good = "[[shelf]]\nname = 'A1'\ntargets = ['tcp://192.0.2.1:502']\ndevices = ['orv3-psu@200']\n\
                    [[shelf]]\nname = 'A2'\ntargets = ['sim']\npics = 'a2.toml'\n";
        let shelves = parse(good, Path::new("/rack")).unwrap();
        assert_eq!(shelves[0].devices, [DeviceName { map: "orv3-psu".into(), unit: 200 }]);
        assert_eq!(
            (shelves[1].targets.as_slice(), shelves[1].name.as_str()),
            ([Target::Sim].as_slice(), "A2")
        );
        assert_eq!(shelves[1].pics.as_deref(), Some(Path::new("/rack/a2.toml")));
        for (bad, told) in [
            ("", "shelf"),
            ("shelf = []", "0 shelves"),
            ("[[shelf]]\nname = 'A'\ntargets = []", "no target"),
            ("[[shelf]]\nname = ' '\ntargets = ['sim']", "name of its own"),
            ("[[shelf]]\nname = 'A'\ntargets = ['udp://x']", "shelf \"A\": \"udp://x\""),
            ("[[shelf]]\nname = 'A'\ntargets = ['sim']\ndevices = ['psu']", "shelf \"A\""),
            ("[[shelf]]\nname = 'A'\ntargets = ['sim']\nunit = 3", "unit"),
            ("[[shelf]]\nname = 'A'\ntargets = ['sim']\ndevices = ['orv3-psu@200']\npics = 'x'", "(pics)"),
            ("[[shelf]]\nname='A'\ntargets=['sim']\n[[shelf]]\nname='A'\ntargets=['sim']", "name of its own"),
        ] {
            let error = parse(bad, Path::new("")).unwrap_err();
            assert!(error.contains(told), "{bad}: {error}");
        }
    }
}
