//! Single parts of the waveform-level twin as CSV, to be held against other simulators (ngspice, pybamm).
//!
//! ```text
//! twin_parts hold-up   [power=3000] [variant=v3]
//! twin_parts hand-over [load=18000] [seconds=0.05] [variant=v3]
//! twin_parts battery   [power=3000 | current=50] [soc=1] [ambient=25] [isothermal=1] [dt=0.01] [every=10]
//! ```
//!
//! The header (lines with `#`) names every parameter that the part uses, so that the other simulator can be fed the
//! same ones.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::process::ExitCode;

use dpo_gateway::sim::twin::pack::PackModel;
use dpo_gateway::sim::twin::parameters::TwinParameters;
use dpo_gateway::sim::twin::parts::{self, Discharge, Drain};
use dpo_gateway::sim::twin::{Design, STEP_S, TwinConfig, Variant};
use dpo_registers::units::{Ratio, Watts};

type Arguments = BTreeMap<String, String>;

fn number(arguments: &mut Arguments, name: &str, default: f64) -> Result<f64, String> {
    match arguments.remove(name) {
        None => Ok(default),
        Some(text) => match text.parse::<f64>() {
            Ok(value) if value.is_finite() && value >= 0.0 => Ok(value),
            _ => Err(format!("{name}={text}: give a number of 0 or more")),
        },
    }
}

fn variant(arguments: &mut Arguments) -> Result<Variant, String> {
    match arguments.remove("variant").as_deref() {
        None | Some("v3") => Ok(Variant::V3),
        Some("hpr") => Ok(Variant::Hpr),
        Some(other) => Err(format!("variant={other}: give v3 or hpr")),
    }
}

fn done(arguments: &Arguments) -> Result<(), String> {
    match arguments.keys().next() {
        Some(name) => Err(format!("{name}: this part has no such argument")),
        None => Ok(()),
    }
}

fn header(lines: &[(&str, f64)]) {
    for (name, value) in lines {
        println!("# {name} = {value}");
    }
}

fn psu_lines(p: &TwinParameters) -> Vec<(&'static str, f64)> {
    let bulk = 2.0 * p.psu.hold_up_j / (p.psu.bulk_full_v.powi(2) - p.psu.bulk_empty_v.powi(2));
    vec![
        ("step_s", STEP_S),
        ("hold_up_j", p.psu.hold_up_j),
        ("bulk_f", bulk),
        ("bulk_full_v", p.psu.bulk_full_v),
        ("bulk_empty_v", p.psu.bulk_empty_v),
        ("drop_share", p.psu.drop_share),
        ("drop_v", p.psu.drop_v),
        ("drop_slew_v_per_s", p.psu.drop_slew_v_per_s),
    ]
}

fn hold_up(mut arguments: Arguments) -> Result<(), String> {
    let parameters = TwinConfig::new(variant(&mut arguments)?, Design::Conventional).parameters;
    let power = number(&mut arguments, "power", parameters.psu.rated_power_w)?;
    done(&arguments)?;
    header(&psu_lines(&parameters));
    header(&[("power_w", power)]);
    println!("t_s,bulk_j,bulk_v,fallen_v");
    for row in parts::hold_up(&parameters, power) {
        println!("{:.6},{:.6},{:.6},{:.4}", row.t_s, row.bulk_j, row.bulk_v, row.fallen_v);
    }
    Ok(())
}

fn hand_over(mut arguments: Arguments) -> Result<(), String> {
    let mut config = TwinConfig::new(variant(&mut arguments)?, Design::Conventional);
    let rated = config.parameters.psu.rated_power_w * 6.0;
    config.load = Watts(number(&mut arguments, "load", rated)?);
    let seconds = number(&mut arguments, "seconds", 0.05)?;
    done(&arguments)?;
    let p = &config.parameters;
    header(&psu_lines(p));
    header(&[
        ("load_w", config.load.0),
        ("units", 6.0),
        ("bus_f", p.bus.capacitance_f),
        ("bus_ohm", p.bus.resistance_ohm),
        ("psu_no_load_v", p.psu.no_load_v),
        ("psu_slope_ohm", p.psu.droop_v / p.psu.full_current_a),
        ("psu_limit_a", p.psu.current_limit_a),
        ("bbu_no_load_v", p.bbu.no_load_v),
        ("bbu_slope_ohm", p.bbu.droop_v / p.bbu.full_current_a),
        ("bbu_peak_w", p.bbu_wave.peak_w),
        ("bbu_trigger_v", p.bbu.trigger_v),
        ("bbu_trigger_s", p.bbu.trigger_s),
        ("bbu_start_s", p.bbu.start_s),
    ]);
    let rows = parts::hand_over(&config, seconds).map_err(|error| error.to_string())?;
    println!("t_s,bus_v,load_v,psu_a,bbu_a,bulk_j");
    for r in rows {
        println!("{:.6},{:.6},{:.6},{:.4},{:.4},{:.6}", r.t_s, r.bus_v, r.load_v, r.psu_a, r.bbu_a, r.bulk_j);
    }
    Ok(())
}

fn battery(mut arguments: Arguments) -> Result<(), String> {
    let parameters = TwinConfig::new(variant(&mut arguments)?, Design::Conventional).parameters;
    let drain = match arguments.contains_key("current") {
        true => Drain::Current(number(&mut arguments, "current", 50.0)?),
        false => Drain::Power(Watts(number(&mut arguments, "power", 3000.0)?)),
    };
    let how = Discharge {
        drain,
        from: Ratio(number(&mut arguments, "soc", 1.0)?),
        ambient_c: number(&mut arguments, "ambient", 25.0)?,
        isothermal: number(&mut arguments, "isothermal", 1.0)? != 0.0,
        step_s: number(&mut arguments, "dt", 0.01)?,
    };
    let every = number(&mut arguments, "every", 10.0)?.max(1.0) as u64;
    done(&arguments)?;
    let model = PackModel::new(&parameters.bbu, &parameters.bbu_wave, how.step_s);
    let [r0, r1, r2] = model.resistances_ohm();
    let [c1, c2] = model.capacitances_f();
    header(&[
        ("dt_s", how.step_s),
        ("isothermal", f64::from(u8::from(how.isothermal))),
        ("ambient_c", how.ambient_c),
        ("soc", how.from.0),
        ("capacity_ah", model.capacity_ah()),
        ("empty_v", model.empty_v()),
        ("r0_ohm", r0),
        ("r1_ohm", r1),
        ("c1_f", c1),
        ("r2_ohm", r2),
        ("c2_f", c2),
    ]);
    match how.drain {
        Drain::Power(power) => header(&[("power_w", power.0)]),
        Drain::Current(current) => header(&[("current_a", current)]),
    }
    let table: Vec<String> =
        (0..=10).map(|tenth| model.open_circuit_v(f64::from(tenth) / 10.0).to_string()).collect();
    println!("# open_circuit_v (state of charge 0 to 1 in tenths, linear between) = {}", table.join(" "));
    println!("t_s,v,a,soc,temperature_c");
    let mut count = 0;
    parts::discharge(&parameters, &how, |r| {
        if count % every == 0 {
            println!("{:.4},{:.6},{:.6},{:.8},{:.3}", r.t_s, r.v, r.a, r.soc, r.temperature_c);
        }
        count += 1;
    });
    Ok(())
}

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let part = words.next().unwrap_or_default();
    let mut arguments = Arguments::new();
    for word in words {
        let Some((name, value)) = word.split_once('=') else {
            eprintln!("{word}: arguments are given as name=value");
            return ExitCode::from(2);
        };
        arguments.insert(name.to_owned(), value.to_owned());
    }
    let result = match part.as_str() {
        "hold-up" => hold_up(arguments),
        "hand-over" => hand_over(arguments),
        "battery" => battery(arguments),
        _ => Err("name a part: hold-up, hand-over or battery".to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
