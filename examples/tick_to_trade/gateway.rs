//! The embedded order gateway: SoupBinTCP with OUCH 5.0. Checks every order and answers each one.
//!
//! It looks at its stream every few milliseconds instead of waiting in the kernel for it: a thread that an order
//! wakes would run on a core that is being measured, right when it is measured.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::parts::input::BadInput;
use crate::parts::ouch::EnterOrder;
use crate::parts::soup;

/// Between two looks at the stream.
const NAP: Duration = Duration::from_millis(10);
const HEARTBEAT: Duration = Duration::from_secs(1);
/// A client that is silent for so long is dead.
const SILENCE: Duration = Duration::from_secs(15);
/// How many bytes in one look say that the client is in a hurry.
const HURRY: usize = 32 << 10;

fn failed(error: std::io::Error) -> BadInput {
    BadInput::new(format!("the order gateway's socket failed: {error}"))
}

/// What the gateway saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Orders that came.
    pub orders: u64,
    /// Orders that were sound, and accepted.
    pub accepted: u64,
    /// What was wrong with the first order that was not.
    pub first_fault: Option<String>,
}

/// Checks orders one after the other, as a gateway does.
#[derive(Debug)]
pub struct Checker {
    symbol: [u8; 8],
    last_ref: u32,
    checked: Checked,
}

impl Checker {
    /// For orders of one symbol.
    pub fn new(symbol: [u8; 8]) -> Checker {
        Checker { symbol, last_ref: 0, checked: Checked::default() }
    }

    /// Checks the payload of an unsequenced packet: the order, or what is wrong with it.
    pub fn check(&mut self, payload: &[u8]) -> Result<EnterOrder, String> {
        self.checked.orders += 1;
        let result = self.fault_of(payload);
        match &result {
            Ok(_) => self.checked.accepted += 1,
            Err(fault) => {
                let number = self.checked.orders;
                self.checked.first_fault.get_or_insert_with(|| format!("order {number}: {fault}"));
            }
        }
        result
    }

    fn fault_of(&mut self, payload: &[u8]) -> Result<EnterOrder, String> {
        let order = EnterOrder::read(payload)?;
        if order.user_ref <= self.last_ref {
            return Err(format!(
                "its user reference {} does not grow: the last was {}",
                order.user_ref, self.last_ref
            ));
        }
        if order.symbol != self.symbol {
            return Err(format!("its symbol is {}", order.symbol.escape_ascii()));
        }
        if order.quantity != 1 {
            return Err(format!("its quantity is {}, not 1", order.quantity));
        }
        if !(1..=2_000_000_000).contains(&order.price) {
            return Err(format!("its price is {}", order.price));
        }
        self.last_ref = order.user_ref;
        Ok(order)
    }

    /// Checks a whole run's order packets, as they stand in memory.
    pub fn check_all(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some((&[high, low], body)) = rest.split_first_chunk::<2>() {
            let Some((packet, after)) = body.split_at_checked(usize::from(u16::from_be_bytes([high, low])))
            else {
                break;
            };
            match packet.split_first() {
                Some((&soup::UNSEQUENCED, payload)) => drop(self.check(payload)),
                _ => drop(self.check(&[])),
            }
            rest = after;
        }
    }

    /// What came of it.
    pub fn into_checked(self) -> Checked {
        self.checked
    }
}

/// Opens the port that engines connect to.
///
/// # Errors
/// The system refuses.
pub fn listen() -> Result<(TcpListener, SocketAddr), BadInput> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// Connects and logs in, for an engine; the stream that comes back does not block.
///
/// # Errors
/// The gateway is not there, or does not let us in.
pub fn log_in(gateway: SocketAddr) -> Result<TcpStream, BadInput> {
    let mut stream = TcpStream::connect(gateway).map_err(failed)?;
    stream.set_nodelay(true).map_err(failed)?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).map_err(failed)?;
    stream.write_all(&soup::login()).map_err(failed)?;
    let mut answer = [0; 33];
    stream
        .read_exact(&mut answer)
        .map_err(|error| BadInput::new(format!("the order gateway refused the login: {error}")))?;
    if answer[2] != soup::ACCEPTED {
        return Err(BadInput::new("the order gateway refused the login".into()));
    }
    stream.set_nonblocking(true).map_err(failed)?;
    Ok(stream)
}

/// Serves one client until it logs out or leaves.
///
/// # Errors
/// The socket fails, or the client is silent for 15 seconds.
pub fn serve(listener: &TcpListener, symbol: [u8; 8]) -> Result<Checked, BadInput> {
    let (stream, _) = listener.accept().map_err(failed)?;
    stream.set_nodelay(true).map_err(failed)?;
    stream.set_nonblocking(true).map_err(failed)?;
    let mut client =
        Client { stream, reader: soup::Reader::default(), out: Vec::new(), orders: 0, logged_in: false };
    let mut checker = Checker::new(symbol);
    let (mut heard, mut spoke) = (Instant::now(), Instant::now());
    loop {
        let count = match client.stream.read(client.reader.space()) {
            Ok(0) => return Ok(checker.into_checked()),
            Ok(count) => count,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => 0,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(checker.into_checked()),
            Err(error) => return Err(failed(error)),
        };
        client.reader.filled(count);
        if count > 0 {
            heard = Instant::now();
        }
        if !client.answer(&mut checker) {
            return Ok(checker.into_checked());
        }
        if spoke.elapsed() > HEARTBEAT && client.logged_in {
            soup::push(&mut client.out, soup::SERVER_HEARTBEAT, &[]);
        }
        if client.flush()? {
            spoke = Instant::now();
        }
        if heard.elapsed() > SILENCE {
            return Err(BadInput::new("the client of the order gateway was silent for 15 seconds".into()));
        }
        if count < HURRY {
            std::thread::sleep(if client.logged_in { NAP } else { Duration::from_millis(1) });
        }
    }
}

struct Client {
    stream: TcpStream,
    reader: soup::Reader,
    out: Vec<u8>,
    orders: u64,
    logged_in: bool,
}

impl Client {
    /// Answers every packet that has come; `false` when the client is to go.
    fn answer(&mut self, checker: &mut Checker) -> bool {
        while let Some((kind, payload)) = self.reader.next_packet() {
            match kind {
                soup::LOGIN if may_enter(payload) => {
                    self.logged_in = true;
                    soup::push(&mut self.out, soup::ACCEPTED, b"      DEMO                   1");
                }
                soup::LOGIN => soup::push(&mut self.out, soup::REJECTED, b"A"),
                soup::UNSEQUENCED if self.logged_in => {
                    self.orders += 1;
                    match checker.check(payload) {
                        Ok(order) => soup::push(
                            &mut self.out,
                            soup::SEQUENCED,
                            &order.accepted(self.orders, self.orders),
                        ),
                        Err(_) => soup::push(&mut self.out, soup::SEQUENCED, &rejected(payload)),
                    }
                }
                soup::CLIENT_HEARTBEAT => {}
                _ => return false,
            }
        }
        true
    }

    /// Writes what waits; says whether something went out.
    fn flush(&mut self) -> Result<bool, BadInput> {
        let mut from = 0;
        while from < self.out.len() {
            match self.stream.write(&self.out[from..]) {
                Ok(count) => from += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(failed(error)),
            }
        }
        self.out.drain(..from);
        Ok(from > 0)
    }
}

fn may_enter(login: &[u8]) -> bool {
    login.len() == 46 && login[..6] == *soup::USER && login[6..16] == *soup::PASSWORD
}

/// The answer to an order that is not sound: OUCH's rejected, with reason 1 (other).
fn rejected(payload: &[u8]) -> [u8; 29] {
    let mut bytes = [b' '; 29];
    bytes[0] = b'J';
    bytes[1..9].fill(0);
    bytes[9..13].copy_from_slice(payload.get(1..5).unwrap_or(&[0; 4]));
    bytes[13..15].copy_from_slice(&1_u16.to_be_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unsound_order_is_named_and_rejected() {
        let good = EnterOrder {
            user_ref: 1,
            side: b'B',
            quantity: 1,
            symbol: *b"FUSE    ",
            price: 5,
            client_id: [b' '; 14],
        };
        let mut checker = Checker::new(*b"FUSE    ");
        assert_eq!(checker.check(&good.bytes()), Ok(good));
        assert!(checker.check(&good.bytes()).is_err_and(|fault| fault.contains("does not grow")));
        for (at, byte) in [(0, b'X'), (5, b'T'), (9, 9), (10, b'?'), (22, 255), (26, b'0'), (46, 1)] {
            let mut bytes = EnterOrder { user_ref: 2, ..good }.bytes();
            bytes[at] = byte;
            assert!(checker.check(&bytes).is_err(), "byte {at}");
        }
        let checked = checker.into_checked();
        assert_eq!((checked.orders, checked.accepted), (9, 1));
        assert!(checked.first_fault.is_some_and(|fault| fault.starts_with("order 2")));
    }

    #[test]
    fn a_wrong_login_is_rejected() {
        assert!(!may_enter(b"FUSED WRONG           DEMO                   1"));
        let login = soup::login();
        assert!(may_enter(&login[3..]));
    }
}
