//! What the system allows and says: open files, memory.

/// Raises the number of files that this process may open to `wanted`, or as far as it goes; what it is then.
pub(crate) fn descriptors(wanted: usize) -> usize {
    #[cfg(unix)]
    {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: the call writes to the structure that it is given.
        if unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) } != 0 {
            return wanted;
        }
        let wanted = wanted as libc::rlim_t;
        if limit.rlim_cur < wanted {
            // A privileged process may raise the hard limit as well.
            let all = libc::rlimit { rlim_cur: wanted, rlim_max: wanted.max(limit.rlim_max) };
            let some = libc::rlimit { rlim_cur: wanted.min(limit.rlim_max), rlim_max: limit.rlim_max };
            for try_it in [all, some] {
                // SAFETY: the call reads the structure that it is given.
                if unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const try_it) } == 0 {
                    limit = try_it;
                    break;
                }
            }
        }
        usize::try_from(limit.rlim_cur.min(wanted)).unwrap_or(usize::MAX)
    }
    #[cfg(not(unix))]
    wanted
}

/// How many bytes of memory a process has resident; none where the system does not say.
pub(crate) fn resident(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
