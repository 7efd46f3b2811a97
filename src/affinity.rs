//! Which cores there are, what they share, and how a thread is tied to one.

use std::fmt;

/// One core as the system numbers it: a hardware thread.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Core {
    /// Its number, as [`Cpu::pinned`](crate::context::cpu::Cpu::pinned) takes it.
    pub id: usize,
    /// The NUMA node whose memory is near, if the system says so.
    pub node: Option<usize>,
    /// The cores that are hardware threads of the same physical core, itself included.
    pub siblings: Vec<usize>,
    /// Its caches, nearest first; empty where the system does not say.
    pub caches: Vec<Cache>,
}

/// One cache of a core.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    /// 1 is nearest to the core.
    pub level: u32,
    /// Whether it holds data; false for a cache of instructions alone.
    pub data: bool,
    /// The cores that share it, in order.
    pub shared_by: Vec<usize>,
}

impl Core {
    /// The nearest level of data cache that this core shares with `other`: what a hop between
    /// them goes through. None if they share none, or the system does not say.
    pub fn shared_level(&self, other: usize) -> Option<u32> {
        let shared = |cache: &&Cache| cache.data && cache.shared_by.contains(&other);
        self.caches.iter().filter(shared).map(|cache| cache.level).min()
    }
}

/// The cores that are running, in order.
///
/// On Linux this is what `/sys` says of the whole machine, whatever this process may use; where
/// there is no `/sys`, the cores that this thread may use, without their caches.
pub fn cores() -> Vec<Core> {
    let ids = read_list("online").unwrap_or_else(allowed);
    ids.into_iter().map(describe).collect()
}

/// The numbers of the cores that the calling thread may run on, in order.
pub fn allowed() -> Vec<usize> {
    let mut ids: Vec<usize> =
        core_affinity::get_core_ids().unwrap_or_default().into_iter().map(|core| core.id).collect();
    ids.sort_unstable();
    ids
}

/// Why a thread could not be pinned.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PinError {
    /// There is no core of this number.
    NoSuchCore {
        /// The number that was asked for.
        core: usize,
        /// The numbers that there are.
        cores: Vec<usize>,
    },
    /// The system does not let this process use the core.
    Refused {
        /// The number that was asked for.
        core: usize,
        /// The numbers that this process may use.
        allowed: Vec<usize>,
    },
}

impl fmt::Display for PinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchCore { core, cores } => {
                write!(f, "there is no core {core} on this machine: choose one of {}", Ranges(cores))
            }
            Self::Refused { core, allowed } => write!(
                f,
                "the system does not let this process run on core {core}: choose one of {}, or change its cpuset",
                Ranges(allowed)
            ),
        }
    }
}

impl std::error::Error for PinError {}

/// Ties the calling thread to `core`.
///
/// # Errors
///
/// When there is no such core, or the system refuses it to this process.
pub fn pin(core: usize) -> Result<(), PinError> {
    let before = allowed();
    let cores = read_list("online").unwrap_or_else(|| before.clone());
    if !cores.contains(&core) {
        return Err(PinError::NoSuchCore { core, cores });
    }
    if core_affinity::set_for_current(core_affinity::CoreId { id: core }) {
        Ok(())
    } else {
        Err(PinError::Refused { core, allowed: before })
    }
}

/// Prints sorted numbers as `0-3, 8`.
struct Ranges<'a>(&'a [usize]);

impl fmt::Display for Ranges<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for run in self.0.chunk_by(|one, next| one + 1 == *next) {
            match run {
                [only] => write!(f, "{separator}{only}")?,
                [first, .., last] => write!(f, "{separator}{first}-{last}")?,
                [] => {}
            }
            separator = ", ";
        }
        Ok(())
    }
}

const SYSTEM: &str = "/sys/devices/system/cpu";

fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(format!("{SYSTEM}/{path}")).ok().map(|text| text.trim().to_owned())
}

fn read_list(path: &str) -> Option<Vec<usize>> {
    parse_list(&read(path)?)
}

/// Reads a list as the kernel writes it: `0-3,8`.
fn parse_list(text: &str) -> Option<Vec<usize>> {
    let mut ids = Vec::new();
    for part in text.split(',') {
        match part.split_once('-') {
            Some((first, last)) => ids.extend(first.parse::<usize>().ok()?..=last.parse().ok()?),
            None => ids.push(part.parse().ok()?),
        }
    }
    Some(ids)
}

fn describe(id: usize) -> Core {
    let siblings = read_list(&format!("cpu{id}/topology/thread_siblings_list")).unwrap_or_else(|| vec![id]);
    let mut caches: Vec<Cache> = (0..).map_while(|index| cache(id, index)).collect();
    caches.sort_by_key(|cache| cache.level);
    Core { id, node: node(id), siblings, caches }
}

fn cache(core: usize, index: usize) -> Option<Cache> {
    let field = |name| format!("cpu{core}/cache/index{index}/{name}");
    Some(Cache {
        level: read(&field("level"))?.parse().ok()?,
        data: read(&field("type")).as_deref() != Some("Instruction"),
        shared_by: read_list(&field("shared_cpu_list"))?,
    })
}

/// The core's directory holds a link called after its node.
fn node(core: usize) -> Option<usize> {
    let entries = std::fs::read_dir(format!("{SYSTEM}/cpu{core}")).ok()?;
    entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .find_map(|name| name.strip_prefix("node")?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_as_the_kernel_writes_them() {
        assert_eq!(parse_list("0-3,8"), Some(vec![0, 1, 2, 3, 8]));
        assert_eq!(parse_list("5"), Some(vec![5]));
        assert_eq!(parse_list(""), None);
        assert_eq!(parse_list("1-x"), None);
    }

    #[test]
    fn ranges_read_well() {
        assert_eq!(Ranges(&[0, 1, 2, 3, 8]).to_string(), "0-3, 8");
        assert_eq!(Ranges(&[4]).to_string(), "4");
    }

    #[test]
    fn every_core_is_its_own_sibling() {
        for core in cores() {
            assert!(core.siblings.contains(&core.id), "{core:?}");
            assert!(core.caches.iter().all(|cache| cache.shared_by.contains(&core.id)), "{core:?}");
        }
    }
}
