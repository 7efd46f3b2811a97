//! What a cpu context asks of the system, and what it says when the system refuses.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use fusewire::affinity::{self, PinError};
use fusewire::conformance::task;
use fusewire::context::Scheduler;
use fusewire::context::cpu::{Cpu, CpuError};
use fusewire::wait::Wait;
use fusewire::work::Fate;

/// Runs `work` on the context and gives what it made.
fn on<T: Send + 'static>(cpu: &Cpu, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (made, there) = mpsc::channel();
    cpu.context().post(task(move |_| made.send(work()).unwrap()));
    there.recv_timeout(Duration::from_secs(10)).expect("the context runs its tasks")
}

#[test]
fn a_core_that_is_not_there_is_refused_by_name() {
    let error = Cpu::pinned(9_999).unwrap_err();
    let CpuError::Pin(PinError::NoSuchCore { core: 9_999, cores }) = &error else { panic!("{error}") };
    assert_eq!(cores, &affinity::cores().iter().map(|core| core.id).collect::<Vec<_>>());
    let text = error.to_string();
    assert!(text.starts_with("there is no core 9999 on this machine: choose one of 0"), "{text}");
}

#[test]
fn a_pinned_thread_is_on_its_core_and_has_its_name() {
    let core = affinity::allowed()[0];
    let cpu = Cpu::builder().core(core).build().unwrap();
    assert_eq!(on(&cpu, affinity::allowed), [core]);
    let name = on(&cpu, || std::thread::current().name().map(str::to_owned));
    assert_eq!(name, Some(format!("cpu{core}")));
    assert_eq!(cpu.context().placement().core, Some(core));
    assert_eq!(cpu.context().placement().wait, "spin then park");
}

#[test]
fn a_thread_pinned_elsewhere_may_make_one_for_any_core() {
    let cores = affinity::allowed();
    let last = *cores.last().unwrap();
    let first = cores[0];
    let maker = std::thread::spawn(move || {
        affinity::pin(first).unwrap();
        Cpu::builder().core(last).build().map(|cpu| on(&cpu, affinity::allowed))
    });
    assert_eq!(maker.join().unwrap().unwrap(), [last]);
}

/// The last handle goes in the middle of a trip: on the context's own thread, in a task, right after another task was posted.
#[test]
fn what_is_posted_before_the_last_handle_goes_is_run() {
    for wait in [Wait::Spin, Wait::SpinThenPark { spins: 50 }, Wait::Park] {
        let cpu = Cpu::builder().wait(wait).build().unwrap();
        let (own, (alone, is_alone), (done, there)) = (cpu.clone(), mpsc::channel(), mpsc::channel());
        cpu.context().post(task(move |_| {
            is_alone.recv_timeout(Duration::from_secs(10)).expect("the other handle goes");
            own.context().post(task(move |fate| done.send(fate).unwrap()));
            drop(own);
        }));
        drop(cpu);
        alone.send(()).unwrap();
        assert_eq!(there.recv_timeout(Duration::from_secs(10)), Ok(Fate::Run), "{wait:?}");
    }
}

/// Both of two who end a context at once go on when its thread has ended, not one of them before.
#[test]
fn whoever_ends_it_waits_for_its_thread() {
    let cpu = Cpu::builder().wait(Wait::Park).build().unwrap();
    let (begun, there) = mpsc::channel();
    let released = Arc::new(AtomicBool::new(false));
    let holds = Arc::clone(&released);
    cpu.context().post(task(move |_| {
        begun.send(()).unwrap();
        while !holds.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
    }));
    there.recv_timeout(Duration::from_secs(10)).expect("the task runs");
    let enders = [(); 2].map(|()| {
        let (cpu, released) = (cpu.clone(), Arc::clone(&released));
        std::thread::spawn(move || {
            cpu.end();
            released.load(Ordering::SeqCst)
        })
    });
    // Time in which one of them could go on too early.
    std::thread::sleep(Duration::from_millis(100));
    released.store(true, Ordering::SeqCst);
    assert_eq!(enders.map(|ender| ender.join().unwrap()), [true, true]);
}

#[cfg(target_os = "linux")]
mod linux {
    use super::*;

    fn policy() -> libc::c_int {
        // SAFETY: 0 is the calling thread.
        unsafe { libc::sched_getscheduler(0) & !libc::SCHED_RESET_ON_FORK }
    }

    #[test]
    fn a_priority_out_of_range_is_a_warning() {
        let cpu = Cpu::builder().fifo(200).build().unwrap();
        let [warning] = cpu.warnings() else { panic!("{:?}", cpu.warnings()) };
        assert_eq!(
            warning.to_string(),
            "SCHED_FIFO with priority 200 was refused (Invalid argument (os error 22)): priorities are 1 to 99; \
             the thread keeps the ordinary policy"
        );
        assert_eq!(on(&cpu, policy), libc::SCHED_OTHER);
    }

    /// Makes the calling thread, alone, one of a user that may nothing.
    fn lose_privileges() -> bool {
        let nobody: libc::c_long = 65_534;
        let no_limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: the limit outlives the call. No thread of these tests that does without
        // real-time priority minds that the limit is the whole process's.
        unsafe { libc::setrlimit(libc::RLIMIT_RTPRIO, &raw const no_limit) };
        // SAFETY: the raw call changes the calling thread's ids alone, unlike the C library's.
        unsafe { libc::syscall(libc::SYS_setresuid, nobody, nobody, nobody) == 0 }
    }

    #[test]
    fn a_refused_priority_is_a_warning_that_says_what_it_takes() {
        // The new thread of the context inherits the user of the thread that makes it.
        let maker = std::thread::spawn(|| {
            if !lose_privileges() {
                eprintln!("unprivileged already: the refusal needs no help");
            }
            let cpu = Cpu::builder().fifo(50).build().unwrap();
            (cpu.warnings().to_vec(), on(&cpu, policy))
        });
        let (warnings, policy) = maker.join().unwrap();
        let [warning] = &warnings[..] else { panic!("{warnings:?}") };
        assert_eq!(
            warning.to_string(),
            "SCHED_FIFO with priority 50 was refused (Operation not permitted (os error 1)): it takes CAP_SYS_NICE or \
             an rtprio limit (ulimit -r); the thread keeps the ordinary policy"
        );
        assert_eq!(policy, libc::SCHED_OTHER);
    }

    #[test]
    fn a_granted_priority_is_in_force() {
        // It parks, so that it takes no core from the tests beside it.
        let cpu = Cpu::builder().fifo(1).wait(Wait::Park).build().unwrap();
        match cpu.warnings() {
            [] => assert_eq!(on(&cpu, policy), libc::SCHED_FIFO),
            refused => eprintln!("SKIPPED: this system grants no real-time priority: {refused:?}"),
        }
    }
}
