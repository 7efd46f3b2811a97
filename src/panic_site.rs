//! Where a lane or a task panicked: what the panic hook sees, kept for the report.
//!
//! A caught panic brings its message but not its place; only the panic hook sees that. The first
//! [`Host`](crate::context::host::Host) of the process installs one, which notes the place on
//! threads that run a host and hands every other panic to the hook before it.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::Once;

use crate::lane::{Frame, PanicReport};

/// What becomes of a panic on this thread, besides the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Watch {
    /// The hook that was there before this crate's says it.
    Nobody,
    /// Nothing is printed: whoever joins the graph is told.
    Lane,
    /// It is noted, and the hook before says it too: nobody joins a task.
    Task,
}

struct Site {
    watch: Watch,
    place: Option<(String, u32)>,
    stage: Option<(String, String, u32)>,
    chain: Vec<Frame>,
}

/// The place of a panic, the stage that it comes from, and the stages up to that.
type Noted = (Option<(String, u32)>, Option<(String, String, u32)>, Vec<Frame>);

impl Site {
    fn take(&mut self) -> Noted {
        (self.place.take(), self.stage.take(), std::mem::take(&mut self.chain))
    }
}

thread_local! {
    static SITE: RefCell<Site> = const { RefCell::new(Site { watch: Watch::Nobody, place: None, stage: None, chain: Vec::new() }) };
}

/// Puts this crate's hook before the present one, once per process.
pub(crate) fn install() {
    static INSTALLED: Once = Once::new();
    // The hook cannot be changed while this thread unwinds; the next host tries again.
    if std::thread::panicking() {
        return;
    }
    INSTALLED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if note(info) != Watch::Lane {
                before(info);
            }
        }));
    });
}

fn note(info: &PanicHookInfo<'_>) -> Watch {
    // A panic while the thread ends, or inside this module, is left to the hook before.
    let noted = SITE.try_with(|site| {
        let Ok(mut site) = site.try_borrow_mut() else { return Watch::Nobody };
        if site.watch != Watch::Nobody {
            site.place = info.location().map(|place| (place.file().to_owned(), place.line()));
            site.stage = None;
            site.chain = Vec::new();
        }
        site.watch
    });
    noted.unwrap_or(Watch::Nobody)
}

/// Sets what becomes of panics on this thread until the guard is dropped.
pub(crate) fn watch(watch: Watch) -> Watching {
    Watching { before: replace(watch) }
}

/// Nothing while the thread's storage is torn down: a panic is then left to the hook before.
fn replace(watch: Watch) -> Watch {
    SITE.try_with(|site| std::mem::replace(&mut site.borrow_mut().watch, watch)).unwrap_or(Watch::Nobody)
}

/// Restores what was set before [`watch`].
pub(crate) struct Watching {
    before: Watch,
}

impl Drop for Watching {
    fn drop(&mut self) {
        replace(self.before);
    }
}

/// Runs `work`; a panic in it ends here, as a report.
pub(crate) fn catch<T>(work: impl FnOnce() -> T) -> Result<T, PanicReport> {
    // Whoever is told of the panic drops or abandons what `work` borrowed, so that nobody goes on
    // with a value in a half-changed state.
    catch_unwind(AssertUnwindSafe(work)).map_err(report)
}

thread_local! {
    static LEFT: RefCell<Option<PanicReport>> = const { RefCell::new(None) };
}

/// Keeps a report for whoever is told, on this thread, that a stage panicked.
pub(crate) fn leave(report: PanicReport) {
    LEFT.set(Some(report));
}

/// The report that was left last on this thread.
pub(crate) fn take_left() -> PanicReport {
    LEFT.take().unwrap_or_else(|| PanicReport {
        stage: None,
        file: "an unknown place".to_owned(),
        line: 0,
        message: "its message was printed where it ran".to_owned(),
        chain: Vec::new(),
    })
}

/// A panic with its payload as it was thrown, and what this thread's hook noted of it.
pub(crate) struct Caught {
    // Empty once it goes on.
    payload: Option<Box<dyn Any + Send>>,
    place: Option<(String, u32)>,
    stage: Option<(String, String, u32)>,
    chain: Box<[Frame]>,
}

/// As [`catch`], for a panic that goes on as it was on another thread.
pub(crate) fn catch_whole<T>(work: impl FnOnce() -> T) -> Result<T, Caught> {
    // Nobody goes on with what `work` borrowed: the panic goes on where that belongs.
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let (place, stage, chain) = SITE.with_borrow_mut(Site::take);
        Caught { payload: Some(payload), place, stage, chain: chain.into() }
    })
}

impl Caught {
    /// Goes on with the panic on this thread; nothing is printed a second time.
    pub(crate) fn resume(mut self) -> ! {
        SITE.with_borrow_mut(|site| {
            site.place = self.place.take();
            site.stage = self.stage.take();
            site.chain = std::mem::take(&mut self.chain).into();
        });
        let payload = self.payload.take().unwrap_or_else(|| Box::new("its message was given on already"));
        std::panic::resume_unwind(payload)
    }
}

/// One that does not go on, because another does.
impl Drop for Caught {
    fn drop(&mut self) {
        if let Some(payload) = self.payload.take() {
            drop_payload(payload);
        }
    }
}

/// Keeps what was noted of the panic that goes on here while other work runs and may panic as well.
pub(crate) fn aside() -> Aside {
    Aside { noted: SITE.with_borrow_mut(Site::take) }
}

/// Gives back what [`aside`] keeps.
#[must_use]
pub(crate) struct Aside {
    noted: Noted,
}

impl Drop for Aside {
    fn drop(&mut self) {
        SITE.with_borrow_mut(|site| (site.place, site.stage, site.chain) = std::mem::take(&mut self.noted));
    }
}

/// A payload may panic when it is dropped; then the second payload is given up.
fn drop_payload(payload: Box<dyn Any + Send>) {
    if let Err(second) = catch_unwind(AssertUnwindSafe(move || drop(payload))) {
        std::mem::forget(second);
    }
}

/// Goes on with a panic that was caught elsewhere, so that what is caught here gives its report again.
pub(crate) fn resume(report: PanicReport) -> ! {
    let PanicReport { stage, file, line, message, chain } = report;
    SITE.with_borrow_mut(|site| {
        site.stage = stage.map(|name| (name, file.clone(), line));
        site.place = Some((file, line));
        site.chain = chain;
    });
    std::panic::resume_unwind(Box::new(message))
}

fn report(payload: Box<dyn Any + Send>) -> PanicReport {
    let message = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "a panic whose payload is not text".to_owned(),
    };
    drop_payload(payload);
    let (place, stage, chain) = SITE.with_borrow_mut(Site::take);
    let (name, stage_place) = match stage {
        Some((name, file, line)) => (Some(name), Some((file, line))),
        None => (None, None),
    };
    let (file, line) = place.or(stage_place).unwrap_or_else(|| ("an unknown place".to_owned(), 0));
    PanicReport { stage: name, file, line, message, chain }
}

/// Names the stage that the running panic comes from, and where the graph mentions it.
///
/// Generated code calls this from a drop guard, while its thread unwinds. The innermost stage
/// calls first and stands.
#[doc(hidden)]
#[cold]
pub fn set_panicking_stage(name: &str, file: &str, line: u32) {
    note_stage(name, file, line, Vec::new);
}

/// As [`set_panicking_stage`], with the stages that the pass had gone through.
#[cold]
pub(crate) fn note_stage(name: &str, file: &str, line: u32, chain: impl FnOnce() -> Vec<Frame>) {
    // Fails only while the thread's storage is torn down; the report then lacks the stage.
    let _ = SITE.try_with(|site| {
        if let Ok(mut site) = site.try_borrow_mut()
            && site.stage.is_none()
        {
            site.stage = Some((name.to_owned(), file.to_owned(), line));
            site.chain = chain();
        }
    });
}
