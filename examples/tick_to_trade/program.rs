//! The program, wherever it scores: rounds of the engines, and what they print.

use std::fmt::Display;
use std::net::SocketAddrV4;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use fusewire::device::Device;

use crate::args::{self, Args, Input};
use crate::engine::{self, Job, Outcome, Wiring, fused, hand};
use crate::parts::clock::Clock;
use crate::parts::device::Numbers;
use crate::parts::input::{self, BadInput};
use crate::parts::model::Model;
use crate::parts::tape::{Tape, binaryfile, flow, pcap};
use crate::placement::{self, Placement};
use crate::schedule::{self, Schedule};
use crate::{exchange, gateway, report, rows};

/// The model that is in the repository, trained on the embedded exchange's own flow by `train.py`.
const DEFAULT_MODEL: &[u8] = include_bytes!("model.json");

/// Runs what the command line asks for. Besides the cpu this program has one device, with a name and the numbers that it is
/// best with.
pub fn run<D: Device, E: Display>(
    name: &str,
    numbers: Numbers,
    device: impl Fn() -> Result<D, E> + Sync,
) -> ExitCode {
    let device = || device().map_err(|error| BadInput::new(format!("the {name}: {error}")));
    match try_run(name, numbers, &device) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("tick_to_trade: {error}");
            ExitCode::from(2)
        }
    }
}

/// `false` if an order was refused or not answered.
fn try_run<D: Device>(
    name: &str,
    numbers: Numbers,
    device: &(dyn Fn() -> Result<D, BadInput> + Sync),
) -> Result<bool, BadInput> {
    let args = Args::parse(std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()))?;
    if args.help {
        print!("{}", args::HELP);
        return Ok(true);
    }
    if let Some(place) = args.compute.as_ref().filter(|place| *place != name) {
        let why = format!("--compute {place}: it is not cpu, nor {name}, which is all that this program has");
        return Err(BadInput::new(format!("{why}; --help says where the others are")));
    }
    let engines = args.engines()?;
    let placement = Placement::new(&args)?;
    let model = match &args.model {
        Some(path) => Model::from_json(&path.display().to_string(), &input::read(path)?)?,
        None => Model::from_json("of this example", DEFAULT_MODEL)?,
    };
    let model = Arc::new(if args.exact { model.exact() } else { model });
    let tape = match &args.input {
        Input::Flow => flow::generate(args.seed, args.packets),
        Input::Pcap(path) => pcap::read(path)?,
        Input::Itch(path) => binaryfile::read(path)?,
    };
    if let Some(path) = &args.dump_rows {
        let rows = rows::dump(&tape, args.tick, path)?;
        println!("{rows} rows of 24 float32 in {}", path.display());
        return Ok(true);
    }
    let bench = Bench {
        schedule: Arc::new(Schedule::new(&tape, args.rate)),
        clock: Clock::start(),
        tape: Arc::new(tape),
        model,
        placement,
        numbers: args.numbers.unwrap_or(numbers),
        device,
        args,
    };
    bench.introduce();
    let mut results: Vec<report::Engine> = Vec::new();
    let mut sound = true;
    'rounds: for round in 1..=bench.args.rounds() {
        for &name in engines {
            println!("round {round} of {}: {name} ...", bench.args.rounds());
            let (outcome, lateness, checked) = bench.round(name, round == 1)?;
            println!("  {}", report::summary(&outcome));
            sound &= bench.is_sound(name, &outcome, &checked);
            let interrupted = outcome.interrupted;
            match results.iter_mut().find(|engine| engine.name == name) {
                Some(engine) => engine.add(outcome, lateness),
                None => results.push(report::Engine::new(name, outcome, lateness)),
            }
            if interrupted {
                println!("{name}: interrupted; what had come in was worked off, and nothing else is run");
                break 'rounds;
            }
        }
    }
    for engine in &results {
        if let Some(crossings) = &engine.outcome().crossings {
            print!("\nthe first round of {}:\n{crossings}", engine.name);
        }
    }
    println!("\n{}", report::table(&results));
    bench.write_files(&results)?;
    Ok(sound)
}

type Lateness = Option<hdrhistogram::Histogram<u64>>;

/// Everything that the rounds have in common.
struct Bench<'a, D> {
    args: Args,
    tape: Arc<Tape>,
    schedule: Arc<Schedule>,
    model: Arc<Model>,
    placement: Placement,
    clock: Clock,
    numbers: Numbers,
    device: &'a (dyn Fn() -> Result<D, BadInput> + Sync),
}

impl<D: Device> Bench<'_, D> {
    fn introduce(&self) {
        let Bench { args, tape, clock, .. } = self;
        let rate = match args.rate {
            schedule::Rate::PerSecond(rate) => format!("{rate} packets a second"),
            schedule::Rate::Recorded => "the recorded times".into(),
            schedule::Rate::Max => "full speed, with no intended times".into(),
        };
        let source = if args.udp { "UDP multicast on loopback" } else { "memory" };
        println!("{} datagrams from {source} at {rate}; symbol {}", tape.len(), tape.symbol().escape_ascii());
        tape.notes().iter().for_each(|note| println!("note: {note}"));
        match &args.compute {
            Some(place) => println!("model: scored on {place} in {:?} numbers", self.numbers),
            None => println!("model: {}", self.model.describe()),
        }
        println!("cores: {}", self.placement.describe());
        println!("clock: {}, {:.0} ns a reading", clock.describe(), clock.cost_ns());
        if self.placement.io == self.placement.compute {
            println!("note: both engine threads share core {}: times mean little", self.placement.io);
        }
    }

    /// One round of one engine: the outcome, how late the exchange was, and what the gateway says of the orders.
    fn round(&self, name: &str, first: bool) -> Result<(Outcome, Lateness, gateway::Checked), BadInput> {
        let recording = first && (self.args.scores.is_some() || self.args.orders.is_some());
        if !self.args.udp {
            let outcome = self.engine(name, first, recording, Wiring::Memory)?;
            let mut checker = gateway::Checker::new(self.tape.symbol());
            checker.check_all(&outcome.order_bytes);
            return Ok((outcome, None, checker.into_checked()));
        }
        let mut warnings = Vec::new();
        let (feed, group) = exchange::join(&mut warnings)?;
        let (listener, address) = gateway::listen()?;
        let (start, done, gone) = (Arc::new(OnceLock::new()), AtomicBool::new(false), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let gateway = scope.spawn(|| {
                engine::pin(self.placement.others)?;
                gateway::serve(&listener, self.tape.symbol())
            });
            let orders = gateway::log_in(address)?;
            let exchange = scope.spawn(|| self.exchange(group, &start, &done, &gone));
            let wiring = Wiring::Sockets { feed, orders, start: &start, done: &done };
            let outcome = self.engine(name, first, recording, wiring);
            // ORDERING: Relaxed, the exchange need only see it some time: it would speak to nobody.
            gone.store(true, Ordering::Relaxed);
            start.get_or_init(|| self.clock.now());
            let (sent, refused) = exchange.join().expect("the exchange does not panic");
            let checked = gateway.join().expect("the gateway does not panic");
            warnings.extend(refused);
            if first {
                warnings.iter().for_each(|warning| println!("warning: {warning}"));
            }
            let (outcome, sent) = (outcome?, sent?);
            Ok((outcome, self.schedule.is_paced().then_some(sent.lateness), checked?))
        })
    }

    fn exchange(
        &self,
        group: SocketAddrV4,
        start: &OnceLock<u64>,
        done: &AtomicBool,
        gone: &AtomicBool,
    ) -> (Result<exchange::Sent, BadInput>, Option<String>) {
        let refused = placement::settle_exchange(&self.placement, self.schedule.is_paced());
        (exchange::send(&self.tape, &self.schedule, group, self.clock, start, done, gone), refused)
    }

    fn engine(
        &self,
        name: &str,
        shows: bool,
        recording: bool,
        wiring: Wiring<'_>,
    ) -> Result<Outcome, BadInput> {
        let job = Job {
            tape: &self.tape,
            schedule: &self.schedule,
            model: self.model.clone(),
            tick: self.args.tick,
            io_core: self.placement.io,
            compute_core: self.placement.compute,
            recording,
            shows,
            clock: self.clock,
        };
        match name {
            "fused" if self.args.compute.is_some() => {
                fused::run_on_device(&job, wiring, (self.device)()?, self.numbers)
            }
            "fused" => fused::run(&job, wiring),
            "hand" => hand::run(&job, wiring),
            other => Err(BadInput::new(format!("there is no engine {other}"))),
        }
    }

    /// Says what went wrong in a round; a gap is reported, and only unanswered or refused orders are a failure.
    fn is_sound(&self, name: &str, outcome: &Outcome, checked: &gateway::Checked) -> bool {
        let feed = &outcome.feed;
        if feed.gaps > 0 {
            let state = if outcome.stale { "stale to the end" } else { "made good by a new session" };
            println!(
                "{name}: {} gaps, {} messages missing; the book was {state}, and {} packets made no row",
                feed.gaps, feed.missing_messages, feed.stale_packets
            );
        }
        if feed.malformed_packets > 0 {
            println!(
                "{name}: {} packets were damaged; the book was stale after them",
                feed.malformed_packets
            );
        }
        if feed.oddities.unknown_references > 0 {
            println!(
                "{name}: {} messages about orders that were never added here",
                feed.oddities.unknown_references
            );
        }
        if let Some(fault) = &checked.first_fault {
            println!("{name}: the gateway refused orders: {fault}");
            return false;
        }
        if let Some(accepted) = outcome.accepted.filter(|&accepted| accepted != outcome.orders) {
            println!("{name}: {accepted} of {} orders were acknowledged", outcome.orders);
            return false;
        }
        true
    }

    fn write_files(&self, results: &[report::Engine]) -> Result<(), BadInput> {
        let Bench { args, .. } = self;
        // With two engines, the files of the second have its name behind theirs: both can be compared.
        for (number, engine) in results.iter().enumerate() {
            let name = |path: &std::path::Path| match number {
                0 => path.to_owned(),
                _ => std::path::PathBuf::from(format!("{}.{}", path.display(), engine.name)),
            };
            if let Some(path) = &args.scores {
                report::write(&name(path), &report::scores_text(&engine.outcome().scores))?;
            }
            if let Some(path) = &args.orders {
                report::write(&name(path), &report::orders_text(&engine.outcome().kept))?;
            }
        }
        if let Some(path) = &args.json {
            let setting = serde_json::json!({
                "source": if args.udp { "udp" } else { "memory" },
                "rate_packets_per_second": match args.rate { schedule::Rate::PerSecond(rate) => Some(rate), _ => None },
                "rate": format!("{:?}", args.rate),
                "io_core": self.placement.io,
                "compute_core": self.placement.compute,
                "exchange_and_gateway_core": self.placement.others,
                "datagrams_count": self.tape.len(),
                "tick_price_units": args.tick,
                "clock_reading_ns": self.clock.cost_ns(),
                "model": self.model.describe(),
                "compute": args.compute.as_deref().unwrap_or("cpu"),
            });
            report::write(path, &format!("{:#}\n", report::json(results, setting)))?;
        }
        Ok(())
    }
}
