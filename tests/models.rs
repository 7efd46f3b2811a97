//! The example `models`: trees and a network against answers that XGBoost and onnxruntime computed, bit for bit or within
//! a stated bound, by every way to score; and the program itself.
//!
//! The scorer's own tests run here, too: an example has no test run of its own.
//! The models are looked for in `../shared` (or where `FUSEWIRE_SHARED` says).

#[path = "../examples/models/parts.rs"]
#[allow(dead_code, reason = "nothing is timed here")]
pub mod parts;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use fusewire::device::reference::Reference;
use fusewire::kernel::{Program, interpret};
use parts::files::{Case, Model};
use parts::forest::tables::{Fixed, Tables};
use parts::forest::{Forest, Node, Scorer, Way};
use parts::kernels::Keys;
use parts::mlp::{Features, Logits, Net};
use parts::{cpu, device, files, kernels, mlp};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The cases of the shared data; what is missing is said aloud.
fn cases() -> Vec<Case> {
    let shared = std::env::var_os("FUSEWIRE_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| root().join("../shared"));
    let read = files::shared(&shared.join("data/models")).into_iter();
    read.filter_map(|case| case.inspect_err(|why| eprintln!("SKIPPED: {why}")).ok()).collect()
}

fn bits(numbers: &[f32]) -> Vec<u32> {
    numbers.iter().map(|number| number.to_bits()).collect()
}

#[test]
fn trees_have_the_bits_of_xgboost() {
    for case in cases() {
        let Model::Forest(forest) = &case.model else { continue };
        let reference = bits(case.reference.as_ref().expect("the shared models have references"));
        for batch in [1, 16, 256] {
            assert_eq!(bits(&cpu::answers(&case, batch)), reference, "{} by {batch}", case.name);
        }
        // The slower ways on rows enough for whole blocks and a rest.
        let some = 3_000.min(case.rows.len() / forest.features);
        let (rows, reference) = (&case.rows[..some * forest.features], &reference[..some * forest.outputs()]);
        for way in [Way::Avx2, Way::Portable, Way::Walk] {
            let scorer = Scorer::by(forest.clone(), way);
            let mut found = vec![0.0; reference.len()];
            let one_by_one = rows.chunks(forest.features).zip(found.chunks_mut(forest.outputs()));
            one_by_one.for_each(|(row, found)| scorer.margins(row, found));
            assert_eq!(bits(&found), reference, "{} row by row, {way:?}", case.name);
            scorer.batch().margins(rows, &mut found);
            assert_eq!(bits(&found), reference, "{} at once, {way:?}", case.name);
        }
    }
}

#[test]
fn the_network_is_near_onnxruntime_and_the_same_by_vectors() {
    for case in cases() {
        let Model::Mlp(net) = &case.model else { continue };
        let reference = case.reference.as_ref().expect("the shared models have references");
        let found = cpu::answers(&case, 1);
        let worst = cpu::worst(&found, reference);
        assert!(worst <= 2e-5, "the worst logit is {worst} off");
        let program = Program::new(&[mlp::logits::bind(**net).erased()]).expect("the network is a kernel");
        for (number, (row, found)) in case.rows.as_chunks().0.iter().zip(found.as_chunks::<3>().0).enumerate()
        {
            let plain = mlp::logits(Features { x: *row }, net);
            assert_eq!(bits(&plain.y), bits(found), "row {number}");
            if number % 2_000 == 0 {
                let described: Logits = interpret(&program, &Features { x: *row }).expect("its types fit");
                assert_eq!(bits(&described.y), bits(found), "row {number}, interpreted");
            }
        }
    }
}

/// The classes that a model has, of the answers of a device.
fn kept<T: Copy>(answers: &[[T; 3]], classes: usize) -> Vec<T> {
    answers.iter().flat_map(|of| of[..classes].to_vec()).collect()
}

#[test]
fn trees_as_kernels_are_exact_in_float_and_as_near_as_stated_in_fixed_point() {
    for case in cases() {
        let Model::Forest(forest) = &case.model else { continue };
        let tables = Tables::new(forest).expect("the shared models fit devices");
        let fixed = Fixed::new(&tables);
        let (margins, sums) = (kernels::margins_of(&tables), kernels::sums_of(&tables, &fixed));
        let reference = case.reference.as_ref().expect("the shared models have references");
        let classes = forest.outputs();
        let keys: Vec<Keys> =
            case.rows.chunks(forest.features).map(|row| Keys { x: tables.keys(row) }).collect();
        let found: Vec<_> = keys.iter().map(|row| margins.call(*row).of).collect();
        assert_eq!(bits(&kept(&found, classes)), bits(reference), "{}", case.name);

        // A row in so many: the fixed kernel looks at every split.
        let (every, mut worst, bound) = (37, 0.0_f64, fixed.bound(&tables));
        for (row, reference) in keys.iter().zip(reference.chunks(classes)).step_by(every) {
            for (sum, margin) in sums.call(*row).of.iter().zip(reference) {
                worst = worst.max((fixed.to_f64(*sum) - f64::from(*margin)).abs());
            }
        }
        println!(
            "{}: {} bits behind the point, worst {worst:.1e}, bound {bound:.1e}",
            case.name, fixed.point
        );
        assert!(worst <= bound && bound < 1e-3, "{}: {worst} against {bound}", case.name);

        // What devices are given says the same as the functions.
        let described = [Program::new(&[margins.erased()]).unwrap(), Program::new(&[sums.erased()]).unwrap()];
        for row in keys.iter().step_by(keys.len() / 5) {
            assert_eq!(interpret(&described[0], row), Ok(margins.call(*row)), "{}", case.name);
            assert_eq!(interpret(&described[1], row), Ok(sums.call(*row)), "{}", case.name);
        }
    }
}

/// The graphs that `targets/` run, on the device that interprets.
#[test]
fn graphs_of_models_give_what_the_functions_give() {
    for case in cases() {
        let (features, _) = case.model.shape();
        let few = &case.rows[..40 * features];
        let device = || Reference::builder().rows(16).build().expect("the reference device starts");
        match &case.model {
            Model::Forest(forest) => {
                let tables = Tables::new(forest).expect("the shared models fit devices");
                let fixed = Fixed::new(&tables);
                let rows: Vec<_> = few.chunks(features).map(|row| Keys { x: tables.keys(row) }).collect();
                let ran = device::run_margins(device(), &tables, &rows).expect("it runs");
                let host = kernels::margins_of(&tables);
                assert_eq!(ran.answers, rows.iter().map(|row| host.call(*row)).collect::<Vec<_>>());
                assert!(ran.drawing.contains("margins") && ran.took.as_nanos() > 0, "{}", ran.drawing);
                let ran = device::run_sums(device(), &tables, &fixed, &rows).expect("it runs");
                let host = kernels::sums_of(&tables, &fixed);
                assert_eq!(ran.answers, rows.iter().map(|row| host.call(*row)).collect::<Vec<_>>());
            }
            Model::Mlp(net) => {
                let rows: Vec<_> = few.as_chunks().0.iter().map(|x| Features { x: *x }).collect();
                let ran = device::run_logits(device(), net, &rows).expect("it runs");
                assert_eq!(ran.answers, rows.iter().map(|row| mlp::logits(*row, net)).collect::<Vec<_>>());
            }
        }
    }
}

/// Fixed point against a plain walk that adds the same integers.
#[test]
fn fixed_point_is_a_sum_of_rounded_leaves() {
    let forest = Forest::from_json("of the test", TWO_CLASSES.as_bytes()).unwrap();
    let tables = Tables::new(&forest).unwrap();
    let fixed = Fixed::new(&tables);
    assert_eq!(fixed.point, 24);
    let unit = 1 << 24;
    let sums = kernels::sums_of(&tables, &fixed);
    for (x, of) in
        [(0.25, [0, 0, 0]), (0.5, [2 * unit, 0, 0]), (f32::NAN, [2 * unit, 0, 0]), (-0.0, [0, 0, 0])]
    {
        assert_eq!(sums.call(Keys { x: tables.keys(&[9.0, x]) }).of, of, "{x}");
    }
}

#[test]
fn models_that_do_not_fit_devices_are_refused() {
    let refused = |forest: &Forest| Tables::new(forest).expect_err("it does not fit").to_string();
    let forest = Forest::from_json("of the test", TWO_CLASSES.as_bytes()).unwrap();
    let classes = Forest { bases: vec![0.0; 4], ..forest.clone() };
    assert!(refused(&classes).contains("4 classes, and 3 is the most"));
    let split = |feature| Node { value: 0.0, feature, nan_goes_left: false, children: Some([1, 2]) };
    let leaf = Node { value: 1.0, feature: 0, nan_goes_left: false, children: None };
    let trees = (0..33).map(|feature| (0, vec![split(feature), leaf, leaf])).collect();
    assert!(
        refused(&Forest { features: 33, trees, ..forest.clone() }).contains("33 features and directions")
    );
    // Every second node is the leaf that the split before it goes to on one side.
    let chain: Vec<Node> = (0..7)
        .flat_map(|level| [Node { children: Some([2 * level + 1, 2 * level + 2]), ..split(0) }, leaf])
        .chain([leaf])
        .collect();
    assert!(refused(&Forest { trees: vec![(0, chain)], ..forest }).contains("7 levels, and 6 is the most"));
}

const TWO_CLASSES: &str = r#"{"learner":{
    "gradient_booster":{"name":"gbtree","model":{"tree_info":[0,1],"trees":[
        {"left_children":[1,-1,-1],"right_children":[2,-1,-1],"split_indices":[1,0,0],
         "split_conditions":[0.5,-1.0,1.0],"default_left":[0,0,0]},
        {"left_children":[-1],"right_children":[-1],"split_indices":[0],"split_conditions":[0.25],"default_left":[0]}]}},
    "objective":{"name":"multi:softprob"},
    "learner_model_param":{"base_score":"[1E0,-2.5E-1]","num_class":"2","num_feature":"2","num_target":"1"}}}"#;

#[test]
fn classes_and_default_directions_are_read() {
    let scorer = Scorer::new(Forest::from_json("of the test", TWO_CLASSES.as_bytes()).unwrap());
    let margins = |row: [f32; 2]| {
        let mut margins = [0.0; 2];
        scorer.margins(&row, &mut margins);
        margins
    };
    assert_eq!(margins([9.0, 0.25]), [0.0, 0.0]);
    assert_eq!(margins([9.0, 0.5]), [2.0, 0.0]);
    assert_eq!(margins([f32::NAN, f32::NAN]), [2.0, 0.0]);
}

#[test]
fn bad_models_are_refused_by_field() {
    for (from, to, words) in [
        ("[0,1]", "[0,2]", "tree_info[1] is 2, but there are 2 classes"),
        ("[0,1]", "[0]", "tree_info has 1 entries for 2 trees"),
        ("[1E0,-2.5E-1]", "[1E0,1E0,1E0]", "base_score has 3 numbers for 2 classes"),
        ("[1E0,-2.5E-1]", "[1E0,x]", "base_score is \"[1E0,x]\", which is not one number or several"),
        ("multi:softprob", "rank:ndcg", "objective.name is \"rank:ndcg\", not reg:squarederror"),
        ("\"num_target\":\"1\"", "\"num_target\":\"2\"", "num_target is 2, but only one target"),
        ("\"num_feature\":\"2\"", "\"num_feature\":\"0\"", "num_feature is 0, not a whole number from 1"),
        ("\"num_feature\":\"2\"", "\"num_feature\":\"1\"", "split_indices[0] is 1, but a row has 1 features"),
        ("0.5,-1.0", "1e99,-1.0", "split_conditions[0] is not a finite float32"),
    ] {
        assert!(TWO_CLASSES.contains(from), "{from}");
        let error = Forest::from_json("of the test", TWO_CLASSES.replacen(from, to, 1).as_bytes());
        let error = error.expect_err(words).to_string();
        assert!(error.contains(words) && error.starts_with("the model of the test: "), "{error}");
    }
}

#[test]
fn bad_networks_are_refused_by_field() {
    for (text, words) in [
        ("{", "not whole JSON"),
        ("{}", "activation is null, not \"relu\""),
        (r#"{"activation":"relu"}"#, "clip is no number"),
        (r#"{"activation":"relu","clip":5}"#, "/mean is missing"),
        (r#"{"activation":"relu","clip":5,"mean":[1,"x"]}"#, "/mean holds something that is no number"),
        (r#"{"activation":"relu","clip":5,"mean":[1,2]}"#, "/mean has 2 numbers, not 26"),
        (r#"{"activation":"relu","clip":5,"mean":[1e99]}"#, "/mean holds a number that is no finite float32"),
    ] {
        let error = Net::from_json("of the test", text.as_bytes()).expect_err(words).to_string();
        assert!(error.contains(words), "{error}");
    }
}

/// The program, built as this test is.
fn run(arguments: &[&str]) -> Output {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let program = PROGRAM.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(root()).args(["build", "--quiet", "--example", "models"]);
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        assert!(cargo.status().expect("cargo runs").success(), "the example builds");
        let this = std::env::current_exe().expect("this test has a path");
        this.ancestors().nth(2).expect("target/PROFILE/deps/TEST").join("examples/models")
    });
    Command::new(program).current_dir(root()).args(arguments).output().expect("the example starts")
}

#[test]
fn the_program_prints_what_is_expected() {
    let output = run(&["--check"]);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    if let Some(why) = printed.lines().find(|line| line.starts_with("SKIPPED")) {
        eprintln!("{why}");
        return;
    }
    let path = root().join("examples/expected/models.txt");
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        std::fs::write(path, printed).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(printed, expected, "BLESS=1 cargo test --test models, if that is meant");
}

#[test]
fn the_program_refuses_in_one_sentence() {
    let this = root().join("Cargo.toml");
    let this = this.to_str().unwrap();
    for (arguments, words) in [
        (&["--model", "no/such/file", "--rows", "x"][..], "cannot read no/such/file"),
        (&["--model", this, "--rows", this], "is not whole JSON"),
        (&["--model", this], "--model and --rows go together"),
        (&["--model"], "--model wants a value"),
        (&["--compute", "gpu"], "targets/gpu"),
        (&["--first", "0"], "--first is a number of rows, not 0"),
        (&["--compute", "tpu"], "--compute is cpu, gpu or fpga, not tpu"),
        (&["--fast"], "there is no option --fast"),
    ] {
        let output = run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.starts_with("models: ") && said.contains(words) && said.lines().count() == 1, "{said}");
    }
}
