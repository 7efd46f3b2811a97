//! The driver of the XDMA's devices, on a plain file for the registers and pipes for the streams: no card is here. Behind
//! the pipes a thread is the card, by the netlist or by the simulated shell.

mod common;

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

use common::{Random, or_skip};
use fusewire_fpga::core::Core;
use fusewire_fpga::driver::conformance::{check, check_failed};
use fusewire_fpga::driver::{Card, CardError, Cards, Identity, OpenError, Shape, registers};
use fusewire_fpga::netlist::Builder;
use fusewire_fpga::schedule::Timing;
use fusewire_fpga::simulation::Packets;
use fusewire_fpga::xdma::{Events, Paths, Xdma};

const BUS: usize = 32;

fn core() -> Core {
    let mut builder = Builder::new(12, 4);
    let words: Vec<_> = (0..3).map(|word| builder.input(word * 32, 32)).collect();
    let sum = builder.sum(words).unwrap();
    builder.output(sum, 0);
    Core::new("sum", builder.finish(), &Timing::ultrascale_plus(4_000))
}

/// The files of a card, in a folder that goes with them.
struct Files {
    folder: PathBuf,
}

impl Files {
    fn new(core: &Core) -> Self {
        let name = format!("fusewire-xdma-{}-{:x}", std::process::id(), Random(core.id()).next() ^ unique());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        let files = Self { folder };
        let mut user = vec![0; 4096];
        let identity = Identity::of(core);
        for (offset, value) in [
            (registers::IDENT, registers::IDENT_IS),
            (registers::VERSION, registers::VERSION_IS << 16),
            (registers::CORE, identity.core as u32),
            (registers::CORE + 4, (identity.core >> 32) as u32),
            (registers::INPUT_BYTES, identity.input_bytes as u32),
            (registers::OUTPUT_BYTES, identity.output_bytes as u32),
            (registers::LATENCY, identity.latency),
            (registers::BUS_BYTES, BUS as u32),
        ] {
            put(&mut user, offset, value);
        }
        fs::write(files.path("user"), user).unwrap();
        let mut control = vec![0; 64 * 1024];
        put(&mut control, 0x0000, 0x1fc0_8006);
        put(&mut control, 0x1000, 0x1fc1_8006);
        fs::write(files.path("control"), control).unwrap();
        for stream in ["h2c", "c2h", "events"] {
            fifo(&files.path(stream));
        }
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn paths(&self) -> Paths {
        Paths {
            control: Some(self.path("control")),
            user: self.path("user"),
            h2c: self.path("h2c"),
            c2h: self.path("c2h"),
        }
    }

    /// Changes a register in one of the files.
    fn set(&self, file: &str, offset: usize, value: u32) {
        let mut bytes = fs::read(self.path(file)).unwrap();
        put(&mut bytes, offset, value);
        fs::write(self.path(file), bytes).unwrap();
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn unique() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::SeqCst)
}

fn put(bytes: &mut [u8], offset: usize, value: u32) {
    bytes[offset..offset + 4].copy_from_slice(&value.to_le_bytes());
}

fn fifo(path: &Path) {
    let path = std::ffi::CString::new(path.to_str().unwrap()).unwrap();
    // SAFETY: a string that ends with a zero.
    assert_eq!(unsafe { libc::mkfifo(path.as_ptr(), 0o600) }, 0);
}

/// A card on the other ends of the pipes, for one driver; ends when the driver lets go.
fn card(core: &Core, files: &Files) -> JoinHandle<()> {
    let (core, h2c, c2h) = (core.clone(), files.path("h2c"), files.path("c2h"));
    std::thread::spawn(move || {
        // Opening a pipe waits for its other end, which the driver opens in this order.
        let mut h2c = File::open(h2c).unwrap();
        let mut c2h = File::options().write(true).open(c2h).unwrap();
        let mut head = [0; BUS];
        while h2c.read_exact(&mut head).is_ok() {
            let rows = u32::from_le_bytes(head[..4].try_into().unwrap()) as usize;
            let mut values = vec![0; rows * core.netlist().input_bytes() as usize];
            if h2c.read_exact(&mut values).is_err() {
                return;
            }
            for value in values.chunks(core.netlist().input_bytes() as usize) {
                if c2h.write_all(&core.netlist().evaluate(value)).is_err() {
                    return;
                }
            }
        }
    })
}

#[test]
fn it_keeps_the_contract() {
    let core = core();
    let files = Files::new(&core);
    let cards = std::cell::RefCell::new(Vec::new());
    check(&core, || {
        // Two cards at one pipe would take each other's rows.
        cards.borrow_mut().drain(..).for_each(|before: JoinHandle<()>| before.join().unwrap());
        cards.borrow_mut().push(card(&core, &files));
        Xdma::at(files.paths()).open(&core, Shape { rows: 50, window: 3 }).unwrap()
    })
    .unwrap();
    for card in cards.into_inner() {
        card.join().unwrap();
    }
}

/// As [`card`], with the shell that a bitstream would have, cycle by cycle.
fn simulated(core: &Core, files: &Files, mut shell: Packets) -> JoinHandle<()> {
    let (input, h2c, c2h) = (core.netlist().input_bytes() as usize, files.path("h2c"), files.path("c2h"));
    std::thread::spawn(move || {
        let mut h2c = File::open(h2c).unwrap();
        let mut c2h = File::options().write(true).open(c2h).unwrap();
        let mut packet = vec![0; BUS];
        while h2c.read_exact(&mut packet[..BUS]).is_ok() {
            let rows = u32::from_le_bytes(packet[..4].try_into().unwrap()) as usize;
            packet.resize(BUS + rows * input, 0);
            if h2c.read_exact(&mut packet[BUS..]).is_err() || c2h.write_all(&shell.exchange(&packet)).is_err()
            {
                return;
            }
        }
    })
}

#[test]
fn it_keeps_the_contract_with_the_simulated_shell_behind_the_pipes() {
    let core = core();
    for stalls in [0, 40] {
        let Some(mut shell) = or_skip(Packets::open(&core, BUS as u32, stalls)) else { return };
        let read = fs::read(Files::new(&core).path("user")).unwrap();
        for offset in (0..0x20).step_by(4) {
            let file = u32::from_le_bytes(read[offset..offset + 4].try_into().unwrap());
            assert_eq!(shell.register(offset), file, "the register at {offset:#x}");
        }
        let files = Files::new(&core);
        let cards = std::cell::RefCell::new(Vec::new());
        check(&core, || {
            let shell = Packets::open(&core, BUS as u32, stalls).unwrap();
            cards.borrow_mut().drain(..).for_each(|before: JoinHandle<()>| before.join().unwrap());
            cards.borrow_mut().push(simulated(&core, &files, shell));
            Xdma::at(files.paths()).open(&core, Shape { rows: 50, window: 3 }).unwrap()
        })
        .unwrap();
        for card in cards.into_inner() {
            card.join().unwrap();
        }
    }
}

#[test]
fn batches_that_no_pipe_holds() {
    let core = core();
    let files = Files::new(&core);
    let other = card(&core, &files);
    let shape = Shape { rows: 40_000, window: 2 };
    let mut driver = Xdma::at(files.paths()).open(&core, shape).unwrap();
    let mut random = Random(2);
    for slot in [0, 1] {
        driver.input(slot).iter_mut().for_each(|byte| *byte = random.next() as u8);
        driver.submit(slot, shape.rows).unwrap();
    }
    let mut finished = 0;
    while finished < 2 {
        finished += driver.poll().unwrap();
        std::thread::yield_now();
    }
    for slot in [0, 1] {
        let inputs = driver.input(slot).to_vec();
        for (value, result) in inputs.chunks(12).zip(driver.output(slot).chunks(4)) {
            assert_eq!(result, core.netlist().evaluate(value));
        }
    }
    drop(driver);
    other.join().unwrap();
}

#[test]
fn a_card_that_goes_is_lost_for_good() {
    let core = core();
    let files = Files::new(&core);
    let (h2c, c2h) = (files.path("h2c"), files.path("c2h"));
    let gone = std::thread::spawn(move || {
        let mut h2c = File::open(h2c).unwrap();
        let _c2h = File::options().write(true).open(c2h).unwrap();
        h2c.read_exact(&mut [0; BUS]).unwrap();
    });
    let mut driver = Xdma::at(files.paths()).open(&core, Shape { rows: 4, window: 2 }).unwrap();
    driver.submit(0, 4).unwrap();
    let error = check_failed(&mut driver).unwrap();
    assert!(matches!(&error, CardError::Lost { what } if what.contains("stream")), "{error}");
    gone.join().unwrap();
}

#[test]
fn a_drop_does_not_wait_for_a_card_that_stands_still() {
    let core = core();
    let files = Files::new(&core);
    let (h2c, c2h) = (files.path("h2c"), files.path("c2h"));
    let (done, wait) = std::sync::mpsc::channel::<()>();
    let still = std::thread::spawn(move || {
        let _h2c = File::open(h2c).unwrap();
        let _c2h = File::options().write(true).open(c2h).unwrap();
        let _ = wait.recv();
    });
    let mut driver = Xdma::at(files.paths()).open(&core, Shape { rows: 4, window: 2 }).unwrap();
    driver.submit(0, 4).unwrap();
    driver.submit(1, 4).unwrap();
    let began = std::time::Instant::now();
    drop(driver);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    drop(done);
    still.join().unwrap();
}

fn refusal(files: &Files, core: &Core) -> CardError {
    match Xdma::at(files.paths()).open(core, Shape { rows: 4, window: 2 }) {
        Err(OpenError::Card(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_not_right_is_refused_and_named() {
    let core = core();
    let files = Files::new(&core);
    files.set("control", 0x0000, 0x1fc0_0006);
    let error = refusal(&files, &core).to_string();
    assert!(error.contains("AXI4-Stream"), "{error}");
    files.set("control", 0x0000, 0xffff_ffff);
    let error = refusal(&files, &core).to_string();
    assert!(error.contains("0xffffffff") && error.contains("no XDMA"), "{error}");
    files.set("control", 0x0000, 0x1fc0_8006);
    files.set("user", registers::CORE, 7);
    assert!(matches!(refusal(&files, &core), CardError::OtherCore { .. }));
    files.set("user", registers::IDENT, 7);
    assert!(matches!(refusal(&files, &core), CardError::Foreign { .. }));
    fs::write(files.path("user"), [0; 100]).unwrap();
    let error = refusal(&files, &core).to_string();
    assert!(error.contains("shorter"), "{error}");
    let error = match Xdma::card(4_095).open(&core, Shape { rows: 1, window: 1 }) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("there is no such card"),
    };
    assert!(error.contains("/dev/xdma4095_control"), "{error}");
}

#[test]
fn interrupts_are_counted_and_waited_for() {
    let files = Files::new(&core());
    let path = files.path("events");
    let sender = std::thread::spawn(move || {
        let mut events = File::options().write(true).open(path).unwrap();
        events.write_all(&3u32.to_ne_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(300));
    });
    let mut events = Events::open(files.path("events")).unwrap();
    assert_eq!(events.wait(Duration::from_secs(10)).unwrap(), 3);
    assert_eq!(events.wait(Duration::from_millis(10)).unwrap(), 0);
    sender.join().unwrap();
    let gone = events.wait(Duration::from_secs(10)).unwrap_err();
    assert!(matches!(gone, CardError::Lost { .. }), "{gone}");
}
