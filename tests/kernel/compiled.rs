//! The C of every case, compiled by the system's compiler and run by a small driver.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fusewire::kernel::c::{self, Dialect};

use crate::ROWS;
use crate::harness::Case;

/// How the C is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    Optimised,
    Sanitised,
}

impl Build {
    fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Optimised => &["-O2"],
            Self::Sanitised => &["-O1", "-fsanitize=undefined", "-fno-sanitize-recover=all"],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Optimised => "kernel_optimised",
            Self::Sanitised => "kernel_sanitised",
        }
    }
}

/// What the C gave.
pub(crate) struct Compiled {
    folder: PathBuf,
}

/// The main program: each case reads its rows and tables from a file, and writes a file.
const DRIVER: &str = r#"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
typedef void run_t(uint32_t, const void*, void*, const void* const*);
extern run_t* const runs[];
extern const unsigned cases;
static void* bytes(FILE* from, uint64_t* len) {
    if (fread(len, sizeof *len, 1, from) != 1) exit(3);
    void* buffer = malloc(*len + 1);
    if (!buffer || fread(buffer, 1, *len, from) != *len) exit(4);
    return buffer;
}
int main(int argc, char** argv) {
    if (argc != 2) return 2;
    for (unsigned at = 0; at < cases; at++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%u.in", argv[1], at);
        FILE* from = fopen(path, "rb");
        uint64_t head[3], len;
        if (!from || fread(head, sizeof head, 1, from) != 1) return 5;
        void* in = bytes(from, &len);
        void* out = malloc(head[0] * head[1] + 1);
        const void* tables[16];
        for (uint64_t table = 0; table < head[2]; table++) tables[table] = bytes(from, &len);
        fclose(from);
        runs[at]((uint32_t)head[0], in, out, tables);
        snprintf(path, sizeof path, "%s/%u.out", argv[1], at);
        FILE* to = fopen(path, "wb");
        if (!to || fwrite(out, 1, head[0] * head[1], to) != head[0] * head[1] || fclose(to)) return 6;
    }
    return 0;
}
"#;

impl Compiled {
    /// Compiles and runs all cases; `None`, with a word about it, where there is no compiler.
    pub(crate) fn new(build: Build, cases: &[Case]) -> Option<Self> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(build.name());
        fs::create_dir_all(&folder).unwrap();
        if Command::new("cc").arg("--version").output().is_err() {
            eprintln!("SKIPPED: there is no C compiler `cc` to compare kernels with");
            return None;
        }
        if build == Build::Sanitised && !sanitises(&folder) {
            eprintln!("SKIPPED: `cc` has no undefined behaviour sanitiser");
            return None;
        }
        let mut files = Vec::new();
        for (at, case) in cases.iter().enumerate() {
            let file = folder.join(format!("{at}.c"));
            fs::write(&file, text(at, case)).unwrap();
            files.push(file);
            fs::write(folder.join(format!("{at}.in")), input(case)).unwrap();
        }
        let driver = folder.join("driver.c");
        fs::write(&driver, format!("{DRIVER}{}", list(cases.len()))).unwrap();
        files.push(driver);
        let halves = files.chunks(files.len().div_ceil(2));
        let compilers: Vec<_> = halves
            .map(|files| {
                let mut compiler = Command::new("cc");
                compiler
                    .current_dir(&folder)
                    .args(Dialect::C.flags())
                    .args(build.flags())
                    .arg("-c")
                    .args(files);
                compiler.spawn().unwrap()
            })
            .collect();
        for mut compiler in compilers {
            assert!(compiler.wait().unwrap().success(), "the C of every case compiles");
        }
        let objects = files.iter().map(|file| file.with_extension("o"));
        let program = folder.join("driver");
        let linked =
            Command::new("cc").args(build.flags()).arg("-o").arg(&program).args(objects).arg("-lm").status();
        assert!(linked.unwrap().success(), "the driver links");
        let run = Command::new(&program).arg(&folder).output().unwrap();
        assert!(run.status.success(), "{:?}: {}", run.status, String::from_utf8_lossy(&run.stderr));
        Some(Self { folder })
    }

    /// The rows that a case gave.
    pub(crate) fn outputs(&self, at: usize) -> Vec<u8> {
        fs::read(self.folder.join(format!("{at}.out"))).unwrap()
    }
}

fn sanitises(folder: &Path) -> bool {
    let file = folder.join("probe.c");
    fs::write(&file, "int main(void) { return 0; }\n").unwrap();
    let probe = Command::new("cc")
        .arg("-fsanitize=undefined")
        .arg("-o")
        .arg(folder.join("probe"))
        .arg(&file)
        .output();
    probe.is_ok_and(|probe| probe.status.success())
}

/// The C of a case, whose entry gets a name of its own and a form that is the same for all.
fn text(at: usize, case: &Case) -> String {
    let source = c::emit(&case.program, Dialect::C);
    let tables: String = (0..case.program.tables().len()).map(|table| format!(", tables[{table}]")).collect();
    let (entry, input, output) = (source.entry, &source.input, &source.output);
    format!(
        "{}\nvoid run_{at}(u32 n, const void* in, void* out, const void* const* tables);\n\
         void run_{at}(u32 n, const void* in, void* out, const void* const* tables) {{\n  \
         (void)tables;\n  {entry}(n, (const {input}*)in, ({output}*)out{tables});\n}}\n",
        source.text.replace(&format!("void {entry}("), &format!("static void {entry}("))
    )
}

fn list(cases: usize) -> String {
    let mut text = format!("const unsigned cases = {cases};\n");
    for at in 0..cases {
        writeln!(text, "extern run_t run_{at};").unwrap();
    }
    let names: Vec<_> = (0..cases).map(|at| format!("run_{at}")).collect();
    writeln!(text, "run_t* const runs[] = {{ {} }};", names.join(", ")).unwrap();
    text
}

fn input(case: &Case) -> Vec<u8> {
    let (rows, tables) = (case.inputs(ROWS), case.program.tables());
    let mut bytes = Vec::new();
    for number in [ROWS, case.program.output().size(), tables.len()] {
        bytes.extend((number as u64).to_le_bytes());
    }
    let parts = std::iter::once(&*rows).chain(tables.iter().map(|table| table.bytes()));
    for part in parts {
        bytes.extend((part.len() as u64).to_le_bytes());
        bytes.extend(part);
    }
    bytes
}
