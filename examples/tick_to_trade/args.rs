//! The command line.

use std::path::PathBuf;

use crate::parts::device::Numbers;
use crate::parts::input::BadInput;
use crate::parts::tape::flow;
use crate::schedule::Rate;

/// What `--help` prints.
pub const HELP: &str = "\
tick_to_trade: market data in, orders out, by a fused graph and by its hand-written twin.

    cargo run --release --example tick_to_trade -- [OPTIONS]

Without options: an embedded exchange sends its own order flow, both engines trade on it, and a table compares them.

  --pcap FILE          packets of a MoldUDP64 capture (classic pcap, gzip or not)
  --itch FILE          messages of a BinaryFILE, each a packet of its own (gzip or not)
  --source SOURCE      udp: real multicast on loopback, orders to a TCP gateway (default)
                       memory: from packet bytes in memory to order bytes in memory
  --rate RATE          packets a second (default 5000), `recorded`, or `max` (nothing is intended then)
  --model FILE         an XGBoost model of 23 features, as JSON (default: the one in this folder)
  --compute WHERE      cpu (default), or where this program scores besides: reference, which interprets, at the root; gpu in
                       targets/gpu; fpga in targets/fpga; by the fused engine alone
  --numbers KIND       on a device: float, or fixed, which is what an fpga has (default: float where the device has it)
  --leaves KIND        as they are (default: any), or exact: in multiples of 1/4096, so that every sum is exact anywhere
  --tick N             the price step in 1/10000 (default 100: a cent; 2500 for ES)
  --engine ENGINE      fused, hand, or both (default; on a device: fused)
  --io-core N          the core that reads and sends (default: the last but one)
  --compute-core N     the core that scores (default: the last)
  --rounds N           how often each engine does the whole job, in turns (default 2 for the embedded flow, else 1)
  --scores FILE        write every scored row        --orders FILE    write every order
  --json FILE          write every figure of the table, with units in the names
  --packets N          length of the embedded flow (default 20000)
  --seed N             seed of the embedded flow (default 1)
  --dump-rows FILE     write the rows that the model would see, for train.py, and run nothing
";

/// Where packets come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The embedded exchange's own flow.
    Flow,
    /// A capture.
    Pcap(PathBuf),
    /// A BinaryFILE.
    Itch(PathBuf),
}

/// Which engines run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The fused graph.
    Fused,
    /// The hand-written twin.
    Hand,
    /// One after the other, in turns.
    Both,
}

/// The options, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Args {
    /// `--help` was asked for.
    pub help: bool,
    /// `--pcap`, `--itch`
    pub input: Input,
    /// `--source udp`
    pub udp: bool,
    /// `--rate`
    pub rate: Rate,
    /// `--model`
    pub model: Option<PathBuf>,
    /// `--compute`; `None` is the cpu.
    pub compute: Option<String>,
    /// `--numbers`
    pub numbers: Option<Numbers>,
    /// `--leaves exact`
    pub exact: bool,
    /// `--tick`
    pub tick: u32,
    /// `--engine`
    pub engine: Option<Engine>,
    /// `--io-core`
    pub io_core: Option<usize>,
    /// `--compute-core`
    pub compute_core: Option<usize>,
    /// `--rounds`
    pub rounds: Option<u32>,
    /// `--scores`
    pub scores: Option<PathBuf>,
    /// `--orders`
    pub orders: Option<PathBuf>,
    /// `--json`
    pub json: Option<PathBuf>,
    /// `--packets`
    pub packets: usize,
    /// `--seed`
    pub seed: u64,
    /// `--dump-rows`
    pub dump_rows: Option<PathBuf>,
}

impl Default for Args {
    fn default() -> Self {
        Args {
            help: false,
            input: Input::Flow,
            udp: true,
            rate: Rate::PerSecond(5_000),
            model: None,
            compute: None,
            numbers: None,
            exact: false,
            tick: flow::TICK,
            engine: None,
            io_core: None,
            compute_core: None,
            rounds: None,
            scores: None,
            orders: None,
            json: None,
            packets: 20_000,
            seed: 1,
            dump_rows: None,
        }
    }
}

impl Args {
    /// Reads the command line, without the program's name.
    ///
    /// # Errors
    /// One sentence about the first option that is wrong.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Args, BadInput> {
        let mut args = Args::default();
        while let Some(option) = words.next() {
            if matches!(option.as_str(), "--help" | "-h") {
                return Ok(Args { help: true, ..args });
            }
            if !HELP.contains(&format!("  {option} ")) || !option.starts_with("--") {
                return Err(BadInput::new(format!("there is no option {option}; --help lists them")));
            }
            let Some(value) = words.next() else {
                return Err(BadInput::new(format!("{option} wants a value; --help shows it")));
            };
            args.set(&option, value)?;
        }
        Ok(args)
    }

    fn set(&mut self, option: &str, value: String) -> Result<(), BadInput> {
        let is_not = |what: &str| BadInput::new(format!("{option} {value}: it is not {what}"));
        let number = |least: u64, most: u64| {
            let parsed = value.parse().ok().filter(|number| (least..=most).contains(number));
            parsed.ok_or_else(|| is_not(&format!("a number from {least} to {most}")))
        };
        match option {
            "--pcap" | "--itch" if self.input != Input::Flow => {
                return Err(BadInput::new("only one input can be given: --pcap or --itch, once".into()));
            }
            "--pcap" => self.input = Input::Pcap(value.into()),
            "--itch" => self.input = Input::Itch(value.into()),
            "--source" => {
                self.udp = match value.as_str() {
                    "udp" => true,
                    "memory" => false,
                    _ => return Err(is_not("udp or memory")),
                }
            }
            "--rate" => {
                self.rate = match value.as_str() {
                    "recorded" => Rate::Recorded,
                    "max" => Rate::Max,
                    _ => match number(1, 100_000_000) {
                        Ok(rate) => Rate::PerSecond(rate),
                        Err(_) => return Err(is_not("packets a second (1 to 100000000), recorded, or max")),
                    },
                }
            }
            "--engine" => {
                self.engine = Some(match value.as_str() {
                    "fused" => Engine::Fused,
                    "hand" => Engine::Hand,
                    "both" => Engine::Both,
                    _ => return Err(is_not("fused, hand or both")),
                });
            }
            "--compute" => self.compute = Some(value).filter(|value| value != "cpu"),
            "--numbers" => {
                self.numbers = Some(match value.as_str() {
                    "float" => Numbers::Float,
                    "fixed" => Numbers::Fixed,
                    _ => return Err(is_not("float or fixed")),
                });
            }
            "--leaves" => {
                self.exact = match value.as_str() {
                    "any" => false,
                    "exact" => true,
                    _ => return Err(is_not("any or exact")),
                }
            }
            "--tick" => self.tick = number(1, 2_000_000_000)? as u32,
            "--io-core" => self.io_core = Some(number(0, 65_535)? as usize),
            "--compute-core" => self.compute_core = Some(number(0, 65_535)? as usize),
            "--rounds" => self.rounds = Some(number(1, 1_000)? as u32),
            "--packets" => self.packets = number(100, 100_000_000)? as usize,
            "--seed" => self.seed = number(0, u64::MAX)?,
            "--model" => self.model = Some(value.into()),
            "--scores" => self.scores = Some(value.into()),
            "--orders" => self.orders = Some(value.into()),
            "--json" => self.json = Some(value.into()),
            "--dump-rows" => self.dump_rows = Some(value.into()),
            _ => return Err(BadInput::new(format!("there is no option {option}; --help lists them"))),
        }
        Ok(())
    }

    /// The engines that run, by name. By hand there is no device.
    ///
    /// # Errors
    /// A device is asked for, and an engine that has none.
    pub fn engines(&self) -> Result<&'static [&'static str], BadInput> {
        match (self.engine, &self.compute) {
            (Some(Engine::Fused), _) | (None, Some(_)) => Ok(&["fused"]),
            (_, Some(place)) => Err(BadInput::new(format!(
                "--compute {place} goes with --engine fused: there is no twin by hand"
            ))),
            (Some(Engine::Hand), None) => Ok(&["hand"]),
            (Some(Engine::Both) | None, None) => Ok(&["fused", "hand"]),
        }
    }

    /// How often each engine does the whole job.
    pub fn rounds(&self) -> u32 {
        self.rounds.unwrap_or(if self.input == Input::Flow { 2 } else { 1 })
    }
}
