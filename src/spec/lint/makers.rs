//! Names of makers. OCP asks a specification to name none in what it asks for; where a fact was read may be told in the
//! sources of a map, which ask for nothing.

use super::super::book::Book;
use super::Findings;
use crate::maps::model::Relation;

/// Makers of shelves, supplies, racks and servers, and who runs many of them, as they are written. An address of a
/// repository begins with a small letter.
const MAKERS: &[&str] = &[
    "ABB",
    "AMD",
    "Advanced Energy",
    "Amazon",
    "Artesyn",
    "Bel Power",
    "Dell",
    "Delta",
    "Eaton",
    "Facebook",
    "Flex",
    "Google",
    "HPE",
    "Huawei",
    "Infineon",
    "Intel",
    "Lenovo",
    "Lite-On",
    "LiteOn",
    "Meta",
    "Microsoft",
    "Murata",
    "NVIDIA",
    "Nvidia",
    "Oxide",
    "Panasonic",
    "Renesas",
    "Rittal",
    "Samsung",
    "Schneider",
    "Siemens",
    "Supermicro",
    "TDK",
    "Vertiv",
    "Wiwynn",
    "XMight",
    "facebook",
];

/// The makers that a text names, as whole words.
fn named(text: &str) -> impl Iterator<Item = &'static str> {
    let whole = |maker: &&&str| {
        text.match_indices(**maker).any(|(at, _)| {
            let before = text.get(..at).and_then(|begin| begin.chars().next_back());
            let after = text.get(at + maker.len()..).and_then(|rest| rest.chars().next());
            ![before, after].into_iter().flatten().any(char::is_alphanumeric)
        })
    };
    MAKERS.iter().filter(whole).copied()
}

/// A text that names no maker.
fn text(text: &str, place: &str, found: &mut Findings) {
    for maker in named(text) {
        found.add(
            place,
            format!("`{maker}` is the name of a maker: say what is asked for, of whoever makes it"),
        );
    }
}

/// What is asked for, explained and defined: requirements, modifications, references, chapters, and what the maps of this
/// project say of their registers.
pub(super) fn check(book: &Book, found: &mut Findings) {
    for one in super::all(book) {
        text(&one.text, &one.id, found);
        text(one.note.as_deref().unwrap_or_default(), &one.id, found);
        one.source.iter().for_each(|source| text(source, &one.id, found));
    }
    for one in &book.modifications.modifications {
        for part in [&one.title, &one.today, &one.change, &one.why, &one.status] {
            text(part, &one.id, found);
        }
    }
    for one in &book.references.references {
        text(&one.title, &format!("{}: {}", super::super::book::REFERENCES, one.key), found);
    }
    for (file, chapter) in &book.chapters {
        for (number, line) in chapter.lines().enumerate() {
            text(line, &format!("{}/{file}:{}", super::super::book::CHAPTERS, number + 1), found);
        }
    }
    // A map that restates one of others has their names of registers.
    for map in book.maps.iter().filter(|map| map.base.relation != Relation::Restates) {
        for register in &map.registers {
            let place = format!("registers/maps/{}.json: {}", map.id, register.id);
            text(&register.name, &place, found);
            text(&register.description, &place, found);
            register.notes.iter().for_each(|note| text(note, &place, found));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn makers_are_found_as_whole_words() {
        let found = |text| named(text).collect::<Vec<_>>();
        assert_eq!(found("as a supply of Delta does"), ["Delta"]);
        assert_eq!(found("(Advanced Energy)"), ["Advanced Energy"]);
        assert_eq!(found("facebook/openbmc"), ["facebook"]);
        assert_eq!(found("a delta-wye transformer, metadata, flexible, Deltas"), [""; 0]);
    }
}
