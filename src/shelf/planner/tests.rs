use super::*;
use crate::shelf::testing::MAP;

/// 19200 baud, 8E1: 0.573 ms a character, and 10 ms a transaction for frame, pauses and device.
fn slow_line(request: usize, answer: usize) -> Duration {
    Duration::from_micros(10_000 + 573 * (request + answer) as u64)
}

fn spans(classes: &[PollClass], learned: &Learned) -> Vec<(u16, u16)> {
    plan(&MAP, classes, learned, &slow_line).iter().map(|s| (s.address, s.words)).collect()
}

#[test]
fn touching_registers_and_declared_gaps_become_one_read() {
    // Fast 20, 21, 24; 22 and 23 are a declared gap; 40 is behind unmapped words.
    assert_eq!(spans(&[PollClass::Fast], &Learned::nothing(&MAP)), [(20, 5), (40, 1)]);
    // The slow 30 lies behind unmapped words on both sides.
    assert_eq!(
        spans(&[PollClass::Fast, PollClass::Slow], &Learned::nothing(&MAP)),
        [(20, 5), (30, 1), (40, 2)]
    );
}

#[test]
fn a_bridge_is_taken_only_where_it_saves_time() {
    let free_requests = |_: usize, answer: usize| Duration::from_micros(answer as u64 - 2);
    let spans = plan(&MAP, &[PollClass::Fast], &Learned::nothing(&MAP), &free_requests);
    let spans: Vec<_> = spans.iter().map(|s| (s.address, s.words)).collect();
    assert_eq!(spans, [(20, 2), (24, 1), (40, 1)]);
}

#[test]
fn limits_and_lessons_are_kept() {
    let mut learned = Learned { max_words: 3, ..Learned::nothing(&MAP) };
    assert_eq!(spans(&[PollClass::Fast], &learned), [(20, 2), (24, 1), (40, 1)]);
    learned = Learned { unbridged: vec![(23, 23)], ..Learned::nothing(&MAP) };
    assert_eq!(spans(&[PollClass::Fast], &learned), [(20, 2), (24, 1), (40, 1)]);
    learned = Learned::nothing(&MAP);
    learned.disabled.insert(21);
    // The refused register is not bridged either.
    assert_eq!(spans(&[PollClass::Fast], &learned), [(20, 1), (24, 1), (40, 1)]);
}

#[test]
fn write_only_and_on_demand_registers_are_not_polled() {
    let all = [PollClass::Fast, PollClass::Slow, PollClass::Static];
    let spans = plan(&MAP, &all, &Learned::nothing(&MAP), &slow_line);
    for span in &spans {
        assert!(!(u32::from(span.address)..span.end()).contains(&50), "{span:?}");
    }
    for register in MAP.registers.iter().filter(|r| all.contains(&r.poll) && polled(r)) {
        let covered = spans.iter().any(|s| s.address <= register.address && register.end() <= s.end());
        assert!(covered, "{}", register.id);
    }
}

#[test]
fn the_real_maps_need_few_reads() {
    let count = |map: &'static MapInfo, classes: &[PollClass]| {
        plan(map, classes, &Learned::nothing(map), &slow_line).len()
    };
    let (psu, bbu) = (crate::shelf::psu::MAP, crate::shelf::bbu::MAP);
    // 16 and 13 registers. The BBU's 13 words between two blocks cost more than a request here.
    assert_eq!(count(psu, &[PollClass::Fast]), 2);
    assert_eq!(count(bbu, &[PollClass::Fast]), 3);
    let all = [PollClass::Fast, PollClass::Slow, PollClass::Static];
    assert_eq!((count(psu, &all), count(bbu, &all)), (4, 7));
    // Six of each fit into one second at 19200 baud.
    let time = |map: &'static MapInfo| -> Duration {
        let spans = plan(map, &[PollClass::Fast], &Learned::nothing(map), &slow_line);
        total(&spans, &slow_line)
    };
    assert!(6 * (time(psu) + time(bbu)) < Duration::from_millis(700));
}

#[test]
fn a_refused_span_is_split_at_registers() {
    let (a, b) = split(&MAP, Span { address: 20, words: 5 }).unwrap();
    assert_eq!(((a.address, a.words), (b.address, b.words)), ((20, 1), (21, 4)));
    assert_eq!(split(&MAP, Span { address: 8, words: 2 }), None);
}

/// Which words may lie in a read: those of registers that may be read, and declared gaps.
fn allowed_words(map: &MapInfo, learned: &Learned) -> Vec<bool> {
    let mut allowed = vec![false; 1 << 16];
    for (first, last) in map.readable_gaps.iter().chain(learned.inferred) {
        (*first..=*last).for_each(|at| allowed[usize::from(at)] = true);
    }
    for (first, last) in map.hazards.iter().chain(&learned.unbridged) {
        (*first..=*last).for_each(|at| allowed[usize::from(at)] = false);
    }
    for register in map.registers {
        let readable = polled(register) && !learned.disabled.contains(&register.address);
        for at in register.address..register.address + register.words {
            let refused = learned.unbridged.iter().any(|(first, last)| (*first..=*last).contains(&at));
            allowed[usize::from(at)] = readable && !refused;
        }
    }
    allowed
}

/// Least time to read `wanted` (first address and words), by the shortest path from each address to the next that is
/// wanted: a read of every length from every register, not a partition of registers.
fn shortest(
    wanted: &[(u16, u16)],
    allowed: &[bool],
    limit: u16,
    wire_time: &dyn Fn(usize, usize) -> Duration,
) -> Duration {
    // least[k]: to have read the registers from k on. Backwards, and forward over words: not as `plan` does it.
    let mut least = vec![Duration::ZERO; wanted.len() + 1];
    for (k, (first, own)) in wanted.iter().enumerate().rev() {
        least[k] = cost(*own, wire_time) + least[k + 1];
        for words in *own..=limit {
            let end = u32::from(*first) + u32::from(words);
            let inside = |at: u16| wanted.iter().any(|(a, n)| (*a..a + n).contains(&at));
            let free = |at: u32| u16::try_from(at).is_ok_and(|at| allowed[usize::from(at)] || inside(at));
            if !(u32::from(*first)..end).all(free) {
                break;
            }
            let done = wanted.iter().filter(|(a, n)| u32::from(*a) + u32::from(*n) <= end).count();
            least[k] = least[k].min(cost(words, wire_time) + least[done]);
        }
    }
    least[0]
}

/// Least time over every way to cut `wanted` into neighbours: all of them, one after the other.
fn exhaustive(
    wanted: &[(u16, u16)],
    allowed: &[bool],
    limit: u16,
    wire_time: &dyn Fn(usize, usize) -> Duration,
) -> Duration {
    let cuts = wanted.len().saturating_sub(1);
    let price = |group: &[(u16, u16)]| {
        let (first, last) = (group[0], group[group.len() - 1]);
        let end = last.0 + last.1;
        let inside = |at: u16| group.iter().any(|(a, n)| (*a..a + n).contains(&at));
        let whole = (first.0..end).all(|at| inside(at) || allowed[usize::from(at)]);
        (group.len() == 1 || whole && end - first.0 <= limit).then(|| cost(end - first.0, wire_time))
    };
    (0u32..1 << cuts)
        .filter_map(|cut| {
            let mut groups = vec![Vec::new()];
            for (i, register) in wanted.iter().enumerate() {
                groups.last_mut().unwrap().push(*register);
                if i < cuts && cut >> i & 1 == 1 {
                    groups.push(Vec::new());
                }
            }
            groups.iter().filter(|g| !g.is_empty()).map(|g| price(g)).sum::<Option<Duration>>()
        })
        .min()
        .unwrap()
}

fn wanted(map: &MapInfo, classes: &[PollClass], learned: &Learned) -> Vec<(u16, u16)> {
    let of =
        |r: &&RegisterInfo| classes.contains(&r.poll) && polled(r) && !learned.disabled.contains(&r.address);
    map.registers.iter().filter(of).map(|r| (r.address, r.words)).collect()
}

/// A line: 11 bits a character, two silences, and the device.
fn line(baud: u32, turnaround_us: u64) -> impl Fn(usize, usize) -> Duration {
    use dpo_registers::codec::rtu::{t3_5_micros, wire_micros};
    move |request, answer| {
        let frames = wire_micros(request + answer + 6, baud);
        Duration::from_micros(frames + 2 * u64::from(t3_5_micros(baud)) + turnaround_us)
    }
}

fn shipped() -> [&'static MapInfo; 11] {
    use dpo_registers::generated as maps;
    [
        &maps::orv3_psu::MAP,
        &maps::orv3_bbu::MAP,
        &maps::orv3_hpr_psu::MAP,
        &maps::orv3_hpr_bbu::MAP,
        &maps::orv3_cbu::MAP,
        &maps::orv3_hpr_pmm_psu::MAP,
        &maps::orv3_hpr_pmm_bbu::MAP,
        &maps::orv3_pmm_cbu::MAP,
        &maps::dpo_pmi::MAP,
        &maps::dpo_psu::MAP,
        &maps::dpo_bbu::MAP,
    ]
}

#[test]
fn the_plan_of_every_shipped_map_is_the_optimum() {
    use PollClass::{Fast, OnDemand, Slow, Static};
    let all = [Fast, Slow, Static, OnDemand];
    let mut plans = 0;
    for map in shipped() {
        for classes in [&all[..1], &all[..2], &all[..3], &all[..], &[Slow], &[Static]] {
            for limit in [120, 30, 8] {
                // Without inferred gaps, and with every hole taken for one.
                let inferred: &[(u16, u16)] = if limit == 30 { &[(0, u16::MAX)] } else { &[] };
                let learned = Learned { max_words: limit, ..Learned::inferring(map, inferred) };
                let (wanted, allowed) = (wanted(map, classes, &learned), allowed_words(map, &learned));
                for (baud, turnaround) in [(19_200, 0), (19_200, 2_000), (115_200, 2_000), (115_200, 10_000)]
                {
                    let wire_time = line(baud, turnaround);
                    let spans = plan(map, classes, &learned, &wire_time);
                    let best = shortest(&wanted, &allowed, limit, &wire_time);
                    assert_eq!(total(&spans, &wire_time), best, "{} {classes:?} {limit} {baud}", map.id);
                    plans += 1;
                }
            }
        }
    }
    assert!(plans > 500, "{plans}");
}

mod random {
    use proptest::prelude::*;

    use super::*;

    /// A register: words before it that are no register, whether these are a declared gap, its words, class, access.
    type Row = (u16, bool, u16, PollClass, Access);

    fn row() -> impl Strategy<Value = Row> {
        (
            prop_oneof![3 => Just(0u16), 3 => 1u16..6, 1 => 6u16..40],
            any::<bool>(),
            prop_oneof![4 => Just(1u16), 2 => 2u16..5, 1 => 8u16..20],
            prop::sample::select(vec![PollClass::Fast, PollClass::Slow, PollClass::OnDemand]),
            prop::sample::select(vec![
                Access::ReadOnly,
                Access::ReadOnly,
                Access::ReadWrite,
                Access::WriteOnly,
                Access::Command,
            ]),
        )
    }

    fn build(rows: &[Row]) -> MapInfo {
        let (mut registers, mut gaps, mut at) = (Vec::new(), Vec::new(), 10u16);
        for (gap, declared, words, poll, access) in rows {
            if *gap > 0 && *declared {
                gaps.push((at, at + gap - 1));
            }
            at += gap;
            let row = crate::shelf::testing::register("r", at, *words, *poll);
            registers.push(RegisterInfo { access: *access, ..row });
            at += words;
        }
        // Leaked: a map lives as long as the program, and a test does not last.
        MapInfo { registers: registers.leak(), readable_gaps: gaps.leak(), ..MAP }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

        #[test]
        fn the_plan_is_the_optimum_and_holds_what_was_asked_for(
            rows in prop::collection::vec(row(), 1..13),
            limit in 4u16..=125,
            (baud, turnaround) in prop::sample::select(vec![(19_200u32, 0u64), (19_200, 3_000), (115_200, 500), (115_200, 9_000)]),
            disabled in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
            inferred in prop::sample::select(vec![&[][..], &[(12, 20), (40, 60)], &[(10, 400)]]),
            unbridged in prop::collection::vec((10u16..120, 0u16..4), 0..3),
        ) {
            let map = build(&rows);
            let learned = Learned {
                disabled: disabled.iter().map(|i| i.get(map.registers).address).collect(),
                inferred,
                unbridged: unbridged.iter().map(|(at, more)| (*at, at + more)).collect(),
                max_words: limit,
            };
            let classes = [PollClass::Fast, PollClass::Slow];
            let wire_time = line(baud, turnaround);
            let spans = plan(&map, &classes, &learned, &wire_time);
            let (wanted, allowed) = (wanted(&map, &classes, &learned), allowed_words(&map, &learned));
            let best = exhaustive(&wanted, &allowed, limit, &wire_time);
            prop_assert_eq!(total(&spans, &wire_time), best);
            prop_assert_eq!(shortest(&wanted, &allowed, limit, &wire_time), best);
            for (first, words) in &wanted {
                let held = |s: &&Span| s.address <= *first && u32::from(first + words) <= s.end();
                prop_assert_eq!(spans.iter().filter(held).count(), 1);
            }
            prop_assert!(spans.windows(2).all(|pair| pair[0].end() <= u32::from(pair[1].address)));
            for span in &spans {
                let alone = wanted.contains(&(span.address, span.words));
                prop_assert!(alone || span.words <= limit);
                for at in span.address..span.address + span.words {
                    let inside = wanted.iter().any(|(a, n)| (*a..a + n).contains(&at));
                    prop_assert!(inside || allowed[usize::from(at)], "{span:?} reads {at}");
                }
            }
        }
    }
}
