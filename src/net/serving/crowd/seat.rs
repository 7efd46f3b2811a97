//! The right to a place.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use mio::{Interest, Token};

use super::place::Place;
use super::{Crowd, locked};
use crate::context::ContextRef;
use crate::context::io::Io;
use crate::net::error::NetError;
use crate::net::tcp::TcpStream;
use crate::primitive::Ordering;
use crate::stop::{Recycled, StopToken};

/// The right to a place, given back when it is dropped.
pub(in crate::net::serving) struct Seat {
    pub(super) crowd: Arc<Crowd>,
    pub(super) place: Arc<Place>,
}

impl Seat {
    /// The place as a context.
    pub(in crate::net::serving) fn context(&self) -> ContextRef {
        Arc::clone(&self.place) as ContextRef
    }

    /// What asks the connection to stop, where that may be because it is idle.
    pub(in crate::net::serving) fn stop_token(&self) -> Option<StopToken> {
        locked(&self.place.own).stop.as_ref().map(Recycled::token)
    }

    /// Has events of `stream` run what waits here.
    pub(in crate::net::serving) fn register(
        &self,
        io: &Io,
        mut stream: mio::net::TcpStream,
        peer: SocketAddr,
    ) -> Result<TcpStream, NetError> {
        let fail = |cause| NetError::new(crate::net::Fault::Register).at(peer).because(cause);
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.crowd.registry.register(&mut stream, Token(self.place.index), interest).map_err(fail)?;
        TcpStream::registered(io, stream, peer)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        locked(&self.place.own).seen = None;
        locked(&self.crowd.shared).free.push(self.place.index);
        // ORDERING: relaxed, see `taken`.
        self.crowd.taken.fetch_sub(1, Ordering::Relaxed);
        // The listener may have waited for a place, and the sweep ends with the last.
        self.crowd.below.nudge();
    }
}

impl fmt::Debug for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seat").field("index", &self.place.index).finish_non_exhaustive()
    }
}
