//! A service of iceoryx2, made or taken by one end: its size, and the type that it carries.

use std::sync::Arc;
use std::time::Instant;
use std::{fmt, thread};

use iceoryx2::node::{Node, NodeBuilder, NodeCreationFailure};
use iceoryx2::prelude::{
    AttributeVerifier, CallbackProgression, MessagingPattern, PortFactory as _, Service as _, ServiceName,
};
use iceoryx2::service::builder::publish_subscribe::{
    PublishSubscribeCreateError, PublishSubscribeOpenError, PublishSubscribeOpenOrCreateError,
};
use iceoryx2::service::ipc::Service as Ipc;
use iceoryx2::service::port_factory::publish_subscribe::PortFactory;
use iceoryx2::service::static_config::messaging_pattern::MessagingPattern as Pattern;

use crate::error::RemoteError;
use crate::iceoryx::Plain;
use crate::iceoryx::frame::Frame;
use crate::iceoryx::watch::RETRY_EVERY;
use crate::terms::Terms;

/// What a service says of the type that it carries: its name as both ends give it, and the layout of a frame.
const TYPE: &str = "fusewire.type";

/// The layout of a frame, with which another would be refused.
const FRAME: &str = "frame 1";

/// The most values that a service may have room for: iceoryx2 multiplies sizes without a look at what comes of it.
const MOST: usize = u32::MAX as usize;

/// Nodes that may have the service open: two ends, and those of processes that were killed and are not cleaned up yet.
const NODES: usize = 8;

/// The longest text that iceoryx2 keeps as an attribute.
const LONGEST: usize = 255;

/// What makes ports, from any thread.
pub(crate) type Factory<T> = PortFactory<Ipc, Frame<T>, ()>;

/// Which end of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Sender,
    Receiver,
}

/// A service that is open, and the node that has it open: by it the others learn of this process's death.
pub(crate) struct Opened<T: Plain> {
    pub(crate) factory: Arc<Factory<T>>,
    pub(crate) node: Node<Ipc>,
}

impl<T: Plain> Opened<T> {
    /// Makes the service, or takes the one that is there. The node of each end is its own, and looks for dead ones when it is made, so a
    /// process that was killed holds nothing up.
    pub(crate) fn new(service: &str, capacity: usize, terms: &Terms) -> Result<Self, RemoteError> {
        let fails = |reason: String| RemoteError::Service { service: service.to_owned(), reason };
        if capacity > MOST {
            return Err(fails(format!(
                "room for {capacity} values is more than the {MOST} that it can have: give a smaller `capacity`"
            )));
        }
        let name = ServiceName::new(service)
            .map_err(|_| fails("the name must have 1 to 255 bytes, none of them zero".to_owned()))?;
        let began = Instant::now();
        let node = loop {
            match NodeBuilder::new().create::<Ipc>() {
                Ok(node) => break node,
                // It removes what dead nodes left first, and may meet another process that does so as well.
                Err(NodeCreationFailure::InternalError) if began.elapsed() < terms.open_within => {
                    thread::sleep(RETRY_EVERY);
                }
                Err(error) => return Err(fails(format!("iceoryx2 gives this process no node ({error:?})"))),
            }
        };
        let carried = carried::<T>(terms);
        let long =
            |_| fails(format!("the name of the type, `{carried}`, is too long: give a shorter `type_name`"));
        let verifier = AttributeVerifier::new();
        let key = TYPE.try_into().map_err(|error| fails(format!("{error:?}")))?;
        let value = carried.as_str().try_into().map_err(long)?;
        let verifier = verifier.require(&key, &value).map_err(|error| fails(format!("{error:?}")))?;
        loop {
            let asked = node
                .service_builder(&name)
                .publish_subscribe::<Frame<T>>()
                .enable_safe_overflow(false)
                .history_size(0)
                .max_publishers(1)
                .max_subscribers(1)
                .max_nodes(NODES)
                .subscriber_max_buffer_size(capacity)
                .subscriber_max_borrowed_samples(BORROWED)
                .open_or_create_with_attributes(&verifier);
            match asked {
                Ok(factory) => return Ok(Self { factory: Arc::new(factory), node }),
                // The last end is just leaving, or another is just coming.
                Err(error) if passes(error) && began.elapsed() < terms.open_within => {
                    thread::sleep(RETRY_EVERY);
                }
                Err(error) => return Err(refused(&name, capacity, &carried, error)),
            }
        }
    }
}

/// Samples that a receiver has in its hands at once: one is copied out and given back.
pub(crate) const BORROWED: usize = 2;

/// What a service says that it carries, for people and for comparing.
fn carried<T>(terms: &Terms) -> String {
    let shape = format!(", {} bytes, aligned to {}, {FRAME}", size_of::<T>(), align_of::<T>());
    let name = terms.name_of::<T>();
    // What tells two names apart is rather at their end.
    let kept = name.char_indices().map(|(at, _)| at).find(|at| name.len() - at + shape.len() <= LONGEST);
    format!("{}{shape}", &name[kept.unwrap_or(name.len())..])
}

/// Whether it is worth trying again.
fn passes(error: PublishSubscribeOpenOrCreateError) -> bool {
    use PublishSubscribeCreateError as Create;
    use PublishSubscribeOpenError as Open;
    use PublishSubscribeOpenOrCreateError as Both;
    matches!(
        error,
        Both::PublishSubscribeOpenError(
            Open::IsMarkedForDestruction
                | Open::HangsInCreation
                | Open::DoesNotExist
                | Open::ExceedsMaxNumberOfNodes
                | Open::Interrupt
        ) | Both::PublishSubscribeCreateError(
            Create::AlreadyExists | Create::IsBeingCreatedByAnotherInstance | Create::Interrupt
        ) | Both::SystemInFlux
    )
}

/// Why the service is refused, in a sentence with what it has and what was asked for.
fn refused(
    name: &ServiceName,
    capacity: usize,
    carried: &str,
    error: PublishSubscribeOpenOrCreateError,
) -> RemoteError {
    use PublishSubscribeOpenError as Open;
    use PublishSubscribeOpenOrCreateError as Both;
    let service = name.to_string();
    let config = iceoryx2::config::Config::global_config();
    let there = Ipc::details(name, config, MessagingPattern::PublishSubscribe).ok().flatten();
    let there = there.as_ref().map(|details| &details.static_details);
    let carries = there.and_then(|there| {
        let key = TYPE.try_into().ok()?;
        let value = there.attributes().key_value(&key, 0)?;
        Some(value.to_string())
    });
    match error {
        Both::PublishSubscribeOpenError(Open::IncompatibleTypes | Open::IncompatibleAttributes) => {
            let carries = carries.unwrap_or_else(|| "what is not fusewire's".to_owned());
            RemoteError::ForeignType { service, carries, wants: carried.to_owned() }
        }
        Both::PublishSubscribeOpenError(Open::DoesNotSupportRequestedMinBufferSize) => {
            let has = there.and_then(|there| match there.messaging_pattern() {
                Pattern::PublishSubscribe(there) => Some(there.subscriber_max_buffer_size()),
                _ => None,
            });
            let reason = format!(
                "it has room for {} values and {capacity} were asked for: give both ends the same `capacity`",
                has.unwrap_or_default()
            );
            RemoteError::Service { service, reason }
        }
        error => RemoteError::Service { service, reason: format!("iceoryx2 says {error:?}") },
    }
}

/// The process that has an end of a service, if one has.
pub(crate) fn holder<T: Plain>(factory: &Factory<T>, side: Side) -> Option<Holder> {
    let mut found = None;
    let config = factory.dynamic_config();
    let mut note = |node: iceoryx2::identifiers::UniqueNodeId| {
        let process = node.pid::<Ipc>().map_or(0, |pid| pid.value());
        found = Some(Holder { node: node.value(), process });
        CallbackProgression::Stop
    };
    match side {
        Side::Sender => config.list_publishers(|details| note(details.node_id)),
        Side::Receiver => config.list_subscribers(|details| note(details.node_id)),
    }
    found
}

/// Who has an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holder {
    /// Its node's number, which no other process ever has.
    pub(crate) node: u128,
    /// Its process, in the name space of that process.
    pub(crate) process: i32,
}

impl<T: Plain> fmt::Debug for Opened<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").field("service", self.factory.name()).finish_non_exhaustive()
    }
}
