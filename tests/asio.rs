//! `examples/asio`: a C++ program on Debian's Asio asks a fused graph over two rings, and every answer is checked; also when the
//! graph is killed and started again in the middle. Needs a C++ compiler and the package `libasio-dev`.

#![cfg(target_os = "linux")]

#[path = "../examples/asio/graph.rs"]
mod graph;

use std::io::{BufRead, BufReader};
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use fusewire::edge::shm::{Peer, shm};

/// Set for the child that runs the graph, to the name of its rings.
const GRAPH: &str = "FUSEWIRE_ASIO_GRAPH";
const QUESTIONS: u64 = 20_000;
const LIMIT: Duration = Duration::from_secs(60);

/// The server, built once, or why not.
fn server() -> Option<&'static Path> {
    static BUILT: OnceLock<Option<PathBuf>> = OnceLock::new();
    BUILT.get_or_init(build).as_deref()
}

fn build() -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let found = Command::new("c++")
        .args(["-std=c++11", "-fsyntax-only", "-include", "asio.hpp", "-x", "c++", "/dev/null"])
        .stderr(Stdio::null())
        .status();
    if !found.is_ok_and(|status| status.success()) {
        eprintln!(
            "SKIPPED: the example on Asio: it wants `c++` and Asio's headers (Debian's package libasio-dev)"
        );
        return None;
    }
    let program = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("asio-server");
    let built = Command::new("c++")
        .args(["-std=c++11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-O1", "-pthread"])
        .arg(format!("-I{}", root.join("include").display()))
        .arg(root.join("examples/asio/server.cpp"))
        .arg("-o")
        .arg(&program)
        .output()
        .expect("a compiler");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Some(program)
}

/// A child with the lines that it prints. It is ended at the latest with the test.
struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    fn new(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("a child");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let (said, lines) = mpsc::channel();
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| said.send(line)));
        Self { child, lines }
    }

    /// The next line that begins so; the rest of it.
    fn until(&self, beginning: &str) -> String {
        let limit = Instant::now() + LIMIT;
        loop {
            let left = limit.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left).unwrap_or_else(|_| panic!("nobody said `{beginning}`"));
            if let Some(rest) = line.strip_prefix(beginning) {
                return rest.to_owned();
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start_graph(name: &str) -> Running {
    let me = std::env::current_exe().expect("this program");
    Running::new(Command::new(me).args(["--exact", "runs_the_graph", "--nocapture"]).env(GRAPH, name))
}

/// The child's part.
#[test]
fn runs_the_graph() {
    if let Ok(name) = std::env::var(GRAPH) {
        let answered = graph::serve(&name).expect("a graph");
        println!("\nanswered {answered}");
    }
}

struct Rings(String);

impl Drop for Rings {
    fn drop(&mut self) {
        for which in ["questions", "answers"] {
            let _ = shm(format!("{}-{which}", self.0)).remove();
        }
    }
}

fn ask(socket: &UdpSocket, id: u64) {
    let (bid, ask) = prices(id);
    let mut packet = [0; 24];
    packet[..8].copy_from_slice(&id.to_ne_bytes());
    packet[8..16].copy_from_slice(&bid.to_ne_bytes());
    packet[16..].copy_from_slice(&ask.to_ne_bytes());
    socket.send(&packet).expect("loopback");
}

fn prices(id: u64) -> (i64, i64) {
    let bid = (id as i64).wrapping_mul(7919) % 100_000 - 50_000;
    (bid, bid + (id as i64 * 31) % 1000)
}

/// Asks everything, some questions ahead; each is asked again if no answer comes. How many were asked again.
fn ask_all(socket: &UdpSocket, mut at: impl FnMut(u64)) -> u64 {
    const AHEAD: u64 = 64;
    let (mut answered, mut next, mut again) = (vec![false; QUESTIONS as usize + 1], 1, 0);
    let (mut low, mut last) = (1, Instant::now());
    socket.set_read_timeout(Some(Duration::from_millis(100))).expect("a timeout");
    while low <= QUESTIONS {
        while next <= QUESTIONS && next < low + AHEAD {
            ask(socket, next);
            at(next);
            next += 1;
        }
        let mut reply = [0; 17];
        match socket.recv(&mut reply) {
            Ok(16) => {
                let id = u64::from_ne_bytes(reply[..8].try_into().expect("eight"));
                let middle = i64::from_ne_bytes(reply[8..16].try_into().expect("eight"));
                let (bid, ask) = prices(id);
                assert!((1..next).contains(&id), "an answer to {id}, which was not asked");
                assert_eq!(middle, bid + (ask - bid) / 2, "the answer to {id}");
                answered[id as usize] = true;
                last = Instant::now();
            }
            Ok(other) => panic!("a reply of {other} bytes"),
            Err(_) => {
                assert!(last.elapsed() < LIMIT, "no answer to {low}");
                for id in low..next {
                    if !answered[id as usize] {
                        ask(socket, id);
                        again += 1;
                    }
                }
            }
        }
        while low <= QUESTIONS && answered[low as usize] {
            low += 1;
        }
    }
    again
}

#[test]
fn every_question_is_answered_by_a_graph_that_may_die() {
    if std::env::var_os(GRAPH).is_some() {
        return;
    }
    let Some(program) = server() else { return };
    for dies in [false, true] {
        let rings = Rings(format!("fusewire-asio-{}-{dies}", std::process::id()));
        let mut server = Running::new(Command::new(program).arg(&rings.0));
        let port: u16 = server.until("port ").parse().expect("a port");
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        socket.connect(("127.0.0.1", port)).expect("loopback");
        let mut graph = start_graph(&rings.0);
        let pid = graph.child.id();
        assert_eq!(server.until("the graph is process "), pid.to_string());
        let mut dead = None;
        ask_all(&socket, |id| {
            if dies && id == QUESTIONS / 2 {
                graph.child.kill().expect("our child");
                graph.child.wait().expect("our child");
                assert_eq!(server.until("the graph died: process "), pid.to_string());
                dead = Some(pid);
                graph = start_graph(&rings.0);
            }
        });
        assert_eq!(dead.is_some(), dies);
        if dies {
            assert_eq!(graph.until("the graph goes on where process "), format!("{pid} died"));
        }
        // The last datagram ends the server, which closes its rings, which ends the graph.
        socket.send(&[0; 24]).expect("loopback");
        let said = server.until("asked ");
        let said: Vec<u64> = said.split(' ').filter_map(|word| word.parse().ok()).collect();
        let [asked, dropped, answered, lost] = said[..] else { panic!("{said:?}") };
        assert!(asked >= QUESTIONS && answered >= QUESTIONS, "{asked} asked, {answered} answered");
        if !dies {
            assert_eq!((dropped, lost), (0, 0));
            assert_eq!(graph.until("answered "), answered.to_string());
        }
        assert!(server.child.wait().expect("our child").success());
        assert!(graph.child.wait().expect("our child").success());
    }
}

#[test]
fn a_server_that_cannot_open_its_second_ring_closes_its_first() {
    if std::env::var_os(GRAPH).is_some() {
        return;
    }
    let Some(program) = server() else { return };
    let rings = Rings(format!("fusewire-asio-{}-refused", std::process::id()));
    let questions = shm(format!("{}-questions", rings.0)).type_name("Question v1");
    let questions = questions.receiver::<graph::Question>().expect("a ring");
    let other = shm(format!("{}-answers", rings.0)).type_name("Another v1");
    let _other = other.sender::<graph::Answer>().expect("a ring");
    let output = Command::new(program).arg(&rings.0).output().expect("a server");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("-answers"), "{said}");
    assert!(matches!(questions.peer(), Peer::Closed(_)), "{:?}", questions.peer());
}
