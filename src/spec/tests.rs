//! The specification of this repository holds together, and each way in which it could not is found.

use std::path::Path;

use super::book::Book;
use super::cases::Cases;
use super::lint::lint;
use super::model::{Level, Requirement, Status, Verification};
use super::{blocks, outputs, tests_named};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn book() -> Book {
    Book::read(root()).unwrap()
}

#[test]
fn the_specification_holds_together() {
    let findings: Vec<String> = lint(&book()).iter().map(ToString::to_string).collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn what_is_generated_is_what_the_data_say() {
    for output in outputs(&book()).unwrap() {
        let there = std::fs::read_to_string(root().join(&output.path)).unwrap_or_default();
        assert!(there == output.text, "{} is stale: run `dpo spec generate`", output.path);
    }
}

/// The first requirement of a level, to be spoilt.
fn first(book: &mut Book, level: Level) -> &mut Requirement {
    book.groups.values_mut().flat_map(|g| &mut g.requirements).find(|r| r.level == level).unwrap()
}

fn requirement<'a>(book: &'a mut Book, id: &str) -> &'a mut Requirement {
    book.groups.values_mut().flat_map(|g| &mut g.requirements).find(|r| r.id == id).unwrap()
}

/// What is found after `spoil`, which must be something that says `wanted`.
#[track_caller]
fn finds(wanted: &str, spoil: impl FnOnce(&mut Book)) {
    let mut book = book();
    spoil(&mut book);
    let findings: Vec<String> = lint(&book).iter().map(ToString::to_string).collect();
    assert!(findings.iter().any(|f| f.contains(wanted)), "`{wanted}` is not in {findings:#?}");
}

#[test]
fn a_shall_that_nothing_verifies_is_found() {
    let wanted = "is a `shall` that no case of the suite and no test verifies";
    finds(wanted, |book| first(book, Level::Shall).verification = Verification::default());
    // A case that is still to come, or that decides nothing, verifies nothing; neither does a document.
    let planned = book().planned;
    let to_come = planned.lines().find(|line| !line.starts_with('#')).and_then(|l| l.split(' ').next());
    for case in to_come.into_iter().chain(["MB-PDU-066"]) {
        finds(wanted, |book| {
            first(book, Level::Shall).verification =
                Verification { cases: vec![case.to_owned()], ..Verification::default() };
        });
    }
    finds(wanted, |book| {
        let analysis = vec!["spec/evidence/README.md".to_owned()];
        first(book, Level::Shall).verification = Verification { analysis, ..Verification::default() };
    });
}

#[test]
fn names_that_lead_nowhere_are_found() {
    let spoil = |change: fn(&mut Requirement)| move |book: &mut Book| change(first(book, Level::Shall));
    finds("MB-PDU-999 is no case", spoil(|r| r.verification.cases.push("MB-PDU-999".to_owned())));
    finds(
        "dpo-pmi/lease_tokens is no register",
        spoil(|r| r.registers.push("dpo-pmi/lease_tokens".to_owned())),
    );
    finds("dpo-pmi/nothing_* is no register", spoil(|r| r.registers.push("dpo-pmi/nothing_*".to_owned())));
    finds("MOD-13 is no modification", spoil(|r| r.satisfies.push("MOD-13".to_owned())));
    finds(
        "neither src/gateway/lease.rs nor its folder has it",
        spoil(|r| {
            r.verification.tests.push("src/gateway/lease.rs::nothing".to_owned());
        }),
    );
    finds(
        "neither src/nowhere.rs nor its folder",
        spoil(|r| {
            r.verification.tests.push("src/nowhere.rs::settings_that_cannot_be".to_owned());
        }),
    );
    finds(
        "; src/gateway/lease.rs has it",
        spoil(|r| {
            let moved = "src/gateway/gate.rs::one_owner_at_a_time_until_release_or_expiry";
            r.verification.tests.push(moved.to_owned());
        }),
    );
    finds("is not `path/of/file.rs::name`", spoil(|r| r.verification.tests.push("nothing".to_owned())));
    finds("no such file", spoil(|r| r.verification.analysis.push("spec/nowhere.csv".to_owned())));
    finds("begins with no file", spoil(|r| r.source = vec!["XX 7".to_owned()]));
    finds("names no source", spoil(|r| r.source.clear()));
    finds("is no flag", spoil(|r| r.condition = Some("dpo-pmi/capabilities.nothing".to_owned())));
    finds(
        "no note says what is missing",
        spoil(|r| {
            r.status = Status::Partial;
            r.note = None;
        }),
    );
}

#[test]
fn sentences_are_those_of_requirements() {
    let with =
        |text: &'static str| move |book: &mut Book| text.clone_into(&mut first(book, Level::Shall).text);
    finds("says `shall` 0 times", with("A gateway should answer."));
    finds("says `may` 1 times", with("A gateway shall answer, and may not."));
    finds("is not one sentence", with("A gateway shall answer. It does."));
    finds("is not one sentence", with("A gateway shall answer"));
    finds("which are no words of a requirement", with("A gateway shall answer what it can."));
    finds("is a word that OCP replaces", with("A gateway shall answer its master."));
    finds("longer than", |book| {
        let text = format!("A gateway shall answer {}.", "again and ".repeat(40));
        first(book, Level::Shall).text = text;
    });
}

#[test]
fn identifiers_that_do_not_fit_are_found() {
    finds("is not REQ-LSE-NN", |book| requirement(book, "REQ-LSE-02").id = "REQ-LSA-02".to_owned());
    finds("does not follow the one before it", |book| {
        requirement(book, "REQ-LSE-02").id = "REQ-LSE-01".to_owned()
    });
    finds("the prefix LSE is that of", |book| {
        book.groups.get_mut("state").unwrap().prefix = "LSE".to_owned()
    });
}

#[test]
fn a_case_without_a_requirement_is_found() {
    finds("conformance/cases.golden: MB-PDU-009: no requirement names this case", |book| {
        for one in book.groups.values_mut().flat_map(|g| &mut g.requirements) {
            one.verification.cases.retain(|case| case != "MB-PDU-009");
        }
    });
    finds("raise the requirement that names it", |book| {
        for one in book.groups.values_mut().flat_map(|g| &mut g.requirements) {
            one.level = Level::Should;
        }
    });
    finds("PM-XP-001: no requirement names this case", |book| {
        for one in book.groups.values_mut().flat_map(|g| &mut g.requirements) {
            one.verification.cases.retain(|case| case != "PM-XP-001");
        }
    });
}

#[test]
fn modifications_that_do_not_hold_are_found() {
    finds("is not among the documents", |book| {
        book.modifications.modifications[0].version = "9.9".to_owned()
    });
    finds("cannot be confirmed", |book| book.modifications.modifications[2].clause_confirmed = true);
    finds("XYZ is not explained", |book| {
        book.modifications.modifications[0].requirements.push("XYZ".to_owned())
    });
    finds("MOD-01: `Delta` is the name of a maker", |book| {
        book.modifications.modifications[0].today.push_str(" So it says in a manual of Delta.")
    });
    finds("is no clause of a grid code", |book| {
        book.modifications.modifications[0].grid_clauses.push("ercot-nogrr282@2026-02 droop".to_owned())
    });
    finds("names no clause of a grid code", |book| book.modifications.modifications[3].grid_clauses.clear());
    finds("MAP-999 is no case", |book| book.modifications.modifications[0].cases.push("MAP-999".to_owned()));
    finds("no such file", |book| {
        book.modifications.modifications[0].evidence[0].path = "spec/none".to_owned()
    });
    finds("MOD-09: no requirement satisfies it", |book| {
        for one in book.groups.values_mut().flat_map(|g| &mut g.requirements) {
            one.satisfies.retain(|id| id != "MOD-09");
        }
    });
    finds("no register names it", |book| book.modifications.modifications[0].id = "MOD-99".to_owned());
    finds("Other is not modified", |book| {
        let mut other = book.modifications.documents[0].clone();
        other.document = "Other".to_owned();
        book.modifications.documents.push(other);
    });
}

#[test]
fn chapters_that_do_not_hold_are_found() {
    let with = |text: &'static str| {
        move |book: &mut Book| {
            book.chapters.insert("99-test.md".to_owned(), text.to_owned());
        }
    };
    finds("stands in 0 places", |book| {
        book.chapters.remove("05-lease-commit.md");
    });
    finds(
        "stands in 2 places",
        with("<!-- generated by `dpo spec generate`: requirements lease -->\n<!-- generated: end -->"),
    );
    finds(
        "nothing generates `magic`",
        with("<!-- generated by `dpo spec generate`: magic -->\n<!-- generated: end -->"),
    );
    finds(
        "no group of requirements",
        with("<!-- generated by `dpo spec generate`: requirements x --><!-- generated: end -->"),
    );
    finds("has no mark at its end", with("<!-- generated by `dpo spec generate`: matrix -->"));
    finds("`should` stands outside a requirement", with("One should not."));
    finds("is a word that OCP replaces", with("A slave."));
    assert!(
        lint(&{
            let mut book = book();
            with("Quoted as `shall`.")(&mut book);
            book
        })
        .is_empty()
    );
}

#[test]
fn a_figure_that_differs_from_the_state_machine_is_found() {
    finds("the state machine does this, the figure not", |book| {
        book.states.changes.pop();
    });
    finds("the state machine does not do this", |book| {
        book.states.changes[0].to = "recover".to_owned();
    });
    finds("has no box", |book| {
        book.states.phases.pop();
    });
}

#[test]
fn a_module_that_became_a_folder_still_has_its_tests() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("src/a/tests")).unwrap();
    std::fs::write(folder.path().join("src/a/tests/b.rs"), "#[test]\nfn here() {}\n").unwrap();
    assert_eq!(tests_named::wrong(folder.path(), "src/a/tests.rs::here"), None);
    assert!(tests_named::wrong(folder.path(), "src/a/tests.rs::there").is_some());
    let moved = tests_named::wrong(folder.path(), "src/b.rs::here").unwrap();
    assert!(moved.ends_with("; src/a/tests/b.rs has it"), "{moved}");
}

#[test]
fn only_a_test_that_runs_is_one() {
    let source = "\
        #[test]\n#[allow(x)]\nfn good() {}\n\
        /// Says so.\n#[tokio::test(start_paused = true)]\nasync fn also() {}\n\
        fn helper() {}\n\
        #[test]\n#[ignore = \"slow\"]\nfn ignored() {}\n\
        #[test]\nfn other() {}\nfn good_helper() {}\n";
    assert!(tests_named::is_test(source, "good"));
    assert!(tests_named::is_test(source, "also"));
    for name in ["helper", "ignored", "good_helper", "goo", "missing"] {
        assert!(!tests_named::is_test(source, name), "{name}");
    }
}

#[test]
fn a_generated_part_is_replaced_and_the_rest_stays() {
    let book = book();
    let text =
        "before\n<!-- generated by `dpo spec generate`: needs -->stale<!-- generated: end -->\nafter\n";
    let new = blocks::renew(text, &book).unwrap();
    assert!(new.starts_with("before\n<!-- generated") && new.ends_with("<!-- generated: end -->\nafter\n"));
    assert!(new.contains("NEED-01") && !new.contains("stale"), "{new}");
    assert_eq!(blocks::renew(&new, &book).unwrap(), new);
}

#[test]
fn a_case_that_has_come_is_planned_no_more() {
    let planned = "# Head.\nMB-PDU-001 MUST R AP 6.3\nPM-XP-001 MUST R SM 6.5, P1 5\n";
    let cases = Cases::parse("MB-PDU-001 MUST R AP 6.3\n", planned).unwrap();
    assert_eq!(cases.counts(), (1, 1));
    assert_eq!(cases.planned_text(planned), "# Head.\nPM-XP-001 MUST R SM 6.5, P1 5\n");
    let error = Cases::parse("MB-PDU-001 WILL R\n", "").unwrap_err();
    assert!(error.starts_with("conformance/cases.golden:1: "), "{error}");
}
