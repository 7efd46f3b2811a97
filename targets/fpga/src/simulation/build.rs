//! From a module's text to functions that step it.

use std::ffi::c_void;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::interface::Interface;
use super::model::{Code, Entry};
use super::tools::{ToolError, Toolchain, at, run};

/// A module to be simulated: its files, the first of which holds the top, and its pins.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// What its C functions and classes are named after.
    pub(crate) symbol: String,
    pub(crate) top: String,
    pub(crate) files: Vec<(String, String)>,
    pub(crate) interface: Interface,
}

impl Source {
    /// A number that changes with anything that the built model depends on.
    fn fingerprint(&self, tools: &Toolchain) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.symbol.hash(&mut hasher);
        self.top.hash(&mut hasher);
        self.files.hash(&mut hasher);
        self.interface.shim(&self.symbol).hash(&mut hasher);
        tools.version.hash(&mut hasher);
        FLAGS.hash(&mut hasher);
        COMPILE.hash(&mut hasher);
        hasher.finish()
    }
}

const FLAGS: &[&str] = &["--cc", "-O3", "--x-assign", "fast", "--x-initial", "unique", "--noassert"];
const COMPILE: &[&str] = &[
    "-std=gnu++17",
    "-faligned-new",
    "-fPIC",
    "-DVM_COVERAGE=0",
    "-DVM_SC=0",
    "-DVM_TRACE=0",
    "-DVM_TRACE_FST=0",
    "-DVM_TRACE_VCD=0",
    "-w",
];

/// Where built simulations are kept between runs of a program.
///
/// `FUSEWIRE_FPGA_CACHE`, else `fusewire-fpga` in `XDG_CACHE_HOME` or `~/.cache`, else in the folder for temporary files.
pub fn cache_folder() -> PathBuf {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(own) = folder("FUSEWIRE_FPGA_CACHE") {
        return own;
    }
    let caches = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")));
    caches.unwrap_or_else(std::env::temp_dir).join("fusewire-fpga")
}

/// Builds a shared library of the module, unless the cache has it, and loads it.
pub(crate) fn load(source: &Source) -> Result<(Entry, Code), ToolError> {
    let tools = Toolchain::find()?;
    let cache = cache_folder();
    let name = format!("{}-{:016x}", source.symbol, source.fingerprint(&tools));
    let library = cache.join(format!("{name}.so"));
    // Of several threads that want one simulation the first builds it. Processes may build it at the same time, each in
    // a folder of its own; whoever is last replaces what is the same.
    static BUILDING: Mutex<()> = Mutex::new(());
    let building = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
    if !library.exists() {
        let work = cache.join(format!("{name}.{}", unique()));
        let built = shared_library(source, &tools, &cache, &work);
        let moved = built.and_then(|built| at(&library, fs::rename(built, &library)));
        // What is left there is of no use to anybody.
        let _ = fs::remove_dir_all(&work);
        moved?;
    }
    drop(building);
    open(&library, &source.symbol)
}

/// A number that no other build on this machine uses at the same time.
fn unique() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // ORDERING: relaxed, only the uniqueness of the number matters.
    format!("{}.{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn shared_library(
    source: &Source,
    tools: &Toolchain,
    cache: &Path,
    work: &Path,
) -> Result<PathBuf, ToolError> {
    let units = verilate(source, tools, work)?;
    let mut objects = compiled(tools, work, &units)?;
    objects.extend(runtime(tools, cache, work)?);
    let library = work.join("model.so");
    let mut command = Command::new(&tools.compiler);
    command.arg("-shared").args(&objects).args(["-lpthread", "-latomic", "-o"]).arg(&library);
    run("c++", "it has just been found", &mut command)?;
    Ok(library)
}

/// The objects of all units, by as many compilers at once as there are cores.
fn compiled(tools: &Toolchain, work: &Path, units: &[PathBuf]) -> Result<Vec<PathBuf>, ToolError> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(units.len().max(1));
    let next = AtomicUsize::new(0);
    let compile = || {
        let mut objects = Vec::new();
        // ORDERING: relaxed, only that each unit is taken once matters.
        while let Some(unit) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
            objects.push(object(tools, work, unit)?);
        }
        Ok(objects)
    };
    let finished: Vec<Result<Vec<PathBuf>, ToolError>> = thread::scope(|scope| {
        let started: Vec<_> = (0..workers).map(|_| scope.spawn(compile)).collect();
        // A worker only runs compilers; if one panics, so does this.
        started.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    let mut objects = finished.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
    objects.sort();
    Ok(objects)
}

/// Verilator's own part of every model, compiled once for all of them.
fn runtime(tools: &Toolchain, cache: &Path, work: &Path) -> Result<Vec<PathBuf>, ToolError> {
    let mut hasher = DefaultHasher::new();
    tools.version.hash(&mut hasher);
    COMPILE.hash(&mut hasher);
    let kept = cache.join(format!("runtime-{:016x}", hasher.finish()));
    let mut objects = Vec::new();
    for unit in RUNTIME {
        let object = kept.join(unit).with_extension("o");
        if !object.exists() {
            at(&kept, fs::create_dir_all(&kept))?;
            let built = self::object(tools, work, &tools.root.join("include").join(unit))?;
            at(&object, fs::rename(built, &object))?;
        }
        objects.push(object);
    }
    Ok(objects)
}

pub(crate) const RUNTIME: &[&str] = &["verilated.cpp", "verilated_threads.cpp"];

fn compiler(tools: &Toolchain, work: &Path) -> Command {
    let include = tools.root.join("include");
    let mut command = Command::new(&tools.compiler);
    command.arg("-I").arg(work.join("model")).arg("-I").arg(&include);
    command.arg("-I").arg(include.join("vltstd"));
    command
}

/// Writes the module's files and makes C++ of them; the units to be compiled.
fn verilate(source: &Source, tools: &Toolchain, work: &Path) -> Result<Vec<PathBuf>, ToolError> {
    at(work, fs::create_dir_all(work))?;
    let mut command = Command::new(&tools.verilator);
    let model = work.join("model");
    command.args(FLAGS).arg("--prefix").arg(format!("V{}", source.symbol));
    command.arg("--top-module").arg(&source.top).arg("--Mdir").arg(&model);
    for (name, text) in &source.files {
        let path = work.join(name);
        at(&path, fs::write(&path, text))?;
        command.arg(path);
    }
    run("verilator", "it has just been found", &mut command)?;
    let shim = work.join("shim.cpp");
    at(&shim, fs::write(&shim, source.interface.shim(&source.symbol)))?;
    let mut units = vec![shim];
    for entry in at(&model, fs::read_dir(&model))? {
        let path = at(&model, entry)?.path();
        if path.extension().is_some_and(|extension| extension == "cpp") {
            units.push(path);
        }
    }
    units.sort();
    Ok(units)
}

fn open(path: &Path, symbol: &str) -> Result<(Entry, Code), ToolError> {
    let failed = |error| ToolError::Load { path: path.to_owned(), error };
    // SAFETY: the library is one that `shared_library` made: its initialisers are those of Verilator's run time, which
    // touch nothing but themselves.
    let library = unsafe { libloading::Library::new(path) }.map_err(failed)?;
    type New = unsafe extern "C" fn(u32) -> *mut c_void;
    type Delete = unsafe extern "C" fn(*mut c_void);
    type Step = unsafe extern "C" fn(*mut c_void, *const u32, *mut u32);
    let symbol = |what: &str| format!("fusewire_{symbol}_{what}\0");
    // SAFETY: the shim declares it with this type.
    let new = *unsafe { library.get::<New>(symbol("new").as_bytes()) }.map_err(failed)?;
    // SAFETY: the shim declares it with this type.
    let delete = *unsafe { library.get::<Delete>(symbol("delete").as_bytes()) }.map_err(failed)?;
    // SAFETY: the shim declares it with this type.
    let step = *unsafe { library.get::<Step>(symbol("step").as_bytes()) }.map_err(failed)?;
    Ok((Entry { new, delete, step }, Code::Loaded { library: Arc::new(library) }))
}

/// Compiles modules into a static library `lib{name}.a` in `folder`.
pub(crate) fn archive(sources: &[Source], name: &str, folder: &Path) -> Result<(), ToolError> {
    let tools = Toolchain::find()?;
    let mut objects = runtime(&tools, folder, &folder.join("runtime"))?;
    for source in sources {
        let work = folder.join(&source.symbol);
        // Units of an earlier build may have other names.
        let _ = fs::remove_dir_all(&work);
        let units = verilate(source, &tools, &work)?;
        objects.extend(compiled(&tools, &work, &units)?);
    }
    let library = folder.join(format!("lib{name}.a"));
    let _ = fs::remove_file(&library);
    let help = "install binutils (Debian: `apt-get install binutils`), or set AR to the path of an archiver";
    let archiver = std::env::var_os("AR").unwrap_or_else(|| "ar".into());
    run("ar", help, Command::new(archiver).arg("crs").arg(&library).args(&objects))?;
    Ok(())
}

/// The bytes of C++ from which on a unit is long.
const LONG: u64 = 200_000;

/// Compiles one unit.
pub(crate) fn object(tools: &Toolchain, work: &Path, unit: &Path) -> Result<PathBuf, ToolError> {
    let name = unit.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let object = work.join(format!("{name}.o"));
    // What Verilator calls slow runs once; long straight code is compiled in a time that is worth waiting for.
    let long = fs::metadata(unit).is_ok_and(|unit| unit.len() > LONG);
    let level = if name.ends_with("Slow") {
        "-O0"
    } else if long {
        "-O1"
    } else {
        "-O2"
    };
    let mut command = compiler(tools, work);
    at(work, fs::create_dir_all(work))?;
    command.arg(level).args(COMPILE).arg("-c").arg(unit).arg("-o").arg(&object);
    run("c++", "it has just been found", &mut command)?;
    Ok(object)
}
