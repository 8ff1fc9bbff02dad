//! Constants that matter, and whether a test notices when one of them is another.
//!
//! A constant that goes through [`tuned`] is what it says, everywhere but in the tests: there a list of [`Mutant`]s
//! puts other values in its place, one at a time and for its own thread, and runs the test that should break.

/// The value of a constant.
#[cfg(not(test))]
#[inline(always)]
pub(crate) const fn tuned(_name: &'static str, value: f64) -> f64 {
    value
}

#[cfg(test)]
pub(crate) use testing::{Mutant, survivors, tuned};

#[cfg(test)]
mod testing {
    use std::cell::Cell;
    use std::panic::catch_unwind;

    thread_local! {
        static REPLACED: Cell<Option<(&'static str, f64)>> = const { Cell::new(None) };
    }

    /// The value of a constant, or what the running mutant puts in its place.
    pub(crate) fn tuned(name: &'static str, value: f64) -> f64 {
        match REPLACED.get() {
            Some((replaced, other)) if replaced == name => other,
            _ => value,
        }
    }

    /// What a constant might be instead, and the test that notices.
    pub(crate) struct Mutant {
        /// Its name in the call of [`tuned`].
        pub name: &'static str,
        /// Other values.
        pub values: &'static [f64],
        /// The test; it must not run anything on another thread.
        pub test: (&'static str, fn()),
    }

    /// Puts the constant back, however the test ends.
    struct Back;

    impl Drop for Back {
        fn drop(&mut self) {
            REPLACED.set(None);
        }
    }

    /// Mutants that their tests let pass, in words; and how many there were.
    pub(crate) fn survivors(mutants: &[Mutant]) -> (Vec<String>, usize) {
        let (mut alive, mut count) = (Vec::new(), 0);
        for Mutant { name, values, test: (test_name, test) } in mutants {
            for value in *values {
                let _back = Back;
                REPLACED.set(Some((name, *value)));
                count += 1;
                if catch_unwind(test).is_ok() {
                    alive.push(format!("{name} = {value}: {test_name} does not notice"));
                }
            }
        }
        (alive, count)
    }

    #[test]
    fn a_mutant_is_seen_by_its_own_thread_while_its_test_runs() {
        const SEVEN: &str = "a constant of this test";
        fn notices() {
            assert!(tuned(SEVEN, 7.0) == 7.0);
        }
        fn sleeps() {}
        let mutant = |test: (&'static str, fn())| Mutant { name: SEVEN, values: &[6.0, 8.0], test };
        let (alive, count) = survivors(&[mutant(("notices", notices)), mutant(("sleeps", sleeps))]);
        assert_eq!(count, 4);
        assert_eq!(alive, [6, 8].map(|value| format!("{SEVEN} = {value}: sleeps does not notice")));
        assert!(tuned(SEVEN, 7.0) == 7.0);
    }
}
