//! The candidates. Each makes ready whatever its interface allows before it is timed.

use std::ffi::CString;
use std::fmt::Write as _;

use crate::forest::{Forest, Scorer, Way};
use crate::{Candidate, Case};

type Make = fn(&Case, usize) -> Result<Candidate, String>;

pub(crate) const ALL: [Make; 6] = [ours, ours_portable, hessboost, gbdt, silva, xgboost];

fn ours(case: &Case, batch: usize) -> Result<Candidate, String> {
    scorer("fusewire", Way::Best, case, batch)
}

fn ours_portable(case: &Case, batch: usize) -> Result<Candidate, String> {
    scorer("fusewire-portable", Way::Portable, case, batch)
}

fn scorer(name: &'static str, way: Way, case: &Case, batch: usize) -> Result<Candidate, String> {
    let text = std::fs::read(&case.path).map_err(|error| error.to_string())?;
    let forest = Forest::from_json(case.name, &text).map_err(|error| error.to_string())?;
    let scorer: &'static Scorer = Box::leak(Box::new(Scorer::by(forest, way)));
    let (rows, whole) = (case.rows.clone(), batch * case.features);
    if batch == 1 {
        let score = move |at, margins: &mut [f32]| scorer.margins(&rows[at * whole..][..whole], margins);
        return Ok(Candidate { name, score: Box::new(score) });
    }
    let mut batch = scorer.batch();
    let score = move |at, margins: &mut [f32]| batch.margins(&rows[at * whole..][..whole], margins);
    Ok(Candidate { name, score: Box::new(score) })
}

fn hessboost(case: &Case, batch: usize) -> Result<Candidate, String> {
    use hessboost::prelude::{BoostedModel, Iterations, ModelFormat};
    let text = std::fs::read_to_string(&case.path).map_err(|error| error.to_string())?;
    // It wants the list that newer files have.
    let model = BoostedModel::decode(text.replace("\"5E-1\"", "\"[5E-1]\""), ModelFormat::XgboostJson);
    let model = model.map_err(|error| format!("hessboost: {error}"))?;
    let (rows, whole) = (case.rows.clone(), batch * case.features);
    let score: Box<dyn FnMut(usize, &mut [f32])> = if batch == 1 {
        Box::new(move |at, margins| {
            let row = &rows[at * whole..][..whole];
            model.predict_margin_row_into(row, Iterations::Best, margins).expect("a whole row");
        })
    } else {
        Box::new(move |at, margins| {
            let rows = &rows[at * whole..][..whole];
            let found = model.predict_margin_rows(rows, Iterations::Best).expect("whole rows");
            margins.copy_from_slice(found.as_slice());
        })
    };
    Ok(Candidate { name: "hessboost", score })
}

/// Its format is one base score and then a nested dump of each tree.
fn gbdt(case: &Case, batch: usize) -> Result<Candidate, String> {
    use gbdt::decision_tree::Data;
    let text = std::fs::read(&case.path).map_err(|error| error.to_string())?;
    let forest = Forest::from_json(case.name, &text).map_err(|error| error.to_string())?;
    let [base] = forest.bases[..] else {
        return Err("gbdt: it has one base score, this model has one for each class".into());
    };
    let mut dump = format!("{base}\n");
    for (number, (_, tree)) in forest.trees.iter().enumerate() {
        dump.push(if number == 0 { '[' } else { ',' });
        node(tree, 0, &mut dump);
    }
    dump.push(']');
    let model = gbdt::gradient_boost::GBDT::from_xgboost_reader(dump.as_bytes(), "reg:linear")
        .map_err(|error| format!("gbdt: {error}"))?;
    let data = |row: &[f32]| {
        let known = row.iter().map(|&x| if x.is_nan() { gbdt::decision_tree::VALUE_TYPE_UNKNOWN } else { x });
        Data::new_test_data(known.collect(), None)
    };
    let batches: Vec<Vec<Data>> = case
        .rows
        .chunks_exact(batch * case.features)
        .map(|rows| rows.chunks_exact(case.features).map(data).collect())
        .collect();
    let score = move |at: usize, margins: &mut [f32]| margins.copy_from_slice(&model.predict(&batches[at]));
    Ok(Candidate { name: "gbdt", score: Box::new(score) })
}

fn node(tree: &crate::forest::Tree, at: u32, dump: &mut String) {
    let node_ = tree[at as usize];
    let Some([left, right]) = node_.children else {
        write!(dump, "{{\"nodeid\":{at},\"leaf\":{}}}", node_.value).expect("text grows");
        return;
    };
    let missing = if node_.nan_goes_left { left } else { right };
    let (feature, value) = (node_.feature, node_.value);
    write!(dump, "{{\"nodeid\":{at},\"split\":{feature},\"split_condition\":{value},\"yes\":{left},\"no\":{right},\"missing\":{missing},\"children\":[").expect("text grows");
    node(tree, left, dump);
    dump.push(',');
    node(tree, right, dump);
    dump.push_str("]}");
}

fn silva(case: &Case, batch: usize) -> Result<Candidate, String> {
    if case.rows.iter().any(|x| x.is_nan()) {
        return Err("silva: it panics on NaN".into());
    }
    let model = silva::parser::read_xgboost_model(&case.path).map_err(|error| format!("silva: {error}"))?;
    let rows: Vec<Vec<f64>> = case
        .rows
        .chunks_exact(case.features)
        .map(|row| row.iter().map(|&x| f64::from(x)).collect())
        .collect();
    let classes = case.classes;
    let score = move |at: usize, margins: &mut [f32]| {
        for (row, margins) in rows[at * batch..][..batch].iter().zip(margins.chunks_exact_mut(classes)) {
            for (margin, found) in margins.iter_mut().zip(model.predict(row)) {
                *margin = *found as f32;
            }
        }
    };
    Ok(Candidate { name: "silva", score: Box::new(score) })
}

/// XGBoost's C interface, predicting in place from dense rows: what the crates that bind it can reach at best.
fn xgboost(case: &Case, batch: usize) -> Result<Candidate, String> {
    use libloading::{Library, Symbol};
    use std::os::raw::{c_char, c_int, c_void};
    type Handle = *mut c_void;
    let path = std::env::var_os("XGBOOST_LIB").ok_or("xgboost: XGBOOST_LIB is not set")?;
    // SAFETY: the library is XGBoost's, whose initialisers ask for nothing.
    let library = unsafe { Library::new(path) }.map_err(|error| format!("xgboost: {error}"))?;
    let library: &'static Library = Box::leak(Box::new(library));
    let missing = |error: libloading::Error| format!("xgboost: {error}");
    // SAFETY: the types of the four functions are those of xgboost/c_api.h.
    let (create, load, set, predict) = unsafe {
        let create: Symbol<'static, unsafe extern "C" fn(*const Handle, u64, *mut Handle) -> c_int> =
            library.get(b"XGBoosterCreate").map_err(missing)?;
        let load: Symbol<'static, unsafe extern "C" fn(Handle, *const c_char) -> c_int> =
            library.get(b"XGBoosterLoadModel").map_err(missing)?;
        let set: Symbol<'static, unsafe extern "C" fn(Handle, *const c_char, *const c_char) -> c_int> =
            library.get(b"XGBoosterSetParam").map_err(missing)?;
        let predict: Symbol<
            'static,
            unsafe extern "C" fn(
                Handle,
                *const c_char,
                *const c_char,
                Handle,
                *mut *const u64,
                *mut u64,
                *mut *const f32,
            ) -> c_int,
        > = library.get(b"XGBoosterPredictFromDense").map_err(missing)?;
        (create, load, set, predict)
    };
    let mut handle: Handle = std::ptr::null_mut();
    let model = CString::new(case.path.to_string_lossy().as_bytes()).map_err(|error| error.to_string())?;
    // SAFETY: the handle is written by the first call and used by the others; texts end in 0.
    let failed = unsafe {
        create(std::ptr::null(), 0, &raw mut handle) != 0
            || load(handle, model.as_ptr()) != 0
            || set(handle, c"nthread".as_ptr(), c"1".as_ptr()) != 0
    };
    if failed {
        return Err("xgboost: the model does not load".into());
    }
    let config = c"{\"type\":1,\"training\":false,\"iteration_begin\":0,\"iteration_end\":0,\"strict_shape\":true,\"missing\":NaN,\"cache_id\":0}";
    let (rows, features) = (case.rows.clone(), case.features);
    let arrays: Vec<CString> = rows
        .chunks_exact(batch * features)
        .map(|rows| {
            let text = format!(
                "{{\"data\":[{},true],\"shape\":[{batch},{features}],\"typestr\":\"<f4\",\"version\":3}}",
                rows.as_ptr().addr()
            );
            CString::new(text).expect("no 0 in it")
        })
        .collect();
    let score = move |at: usize, margins: &mut [f32]| {
        let _alive = &rows;
        let (mut shape, mut dims, mut found) = (std::ptr::null(), 0, std::ptr::null());
        // SAFETY: the array's text names rows that live as long as this closure; the results live until the next call.
        let found = unsafe {
            let failed = predict(
                handle,
                arrays[at].as_ptr(),
                config.as_ptr(),
                std::ptr::null_mut(),
                &raw mut shape,
                &raw mut dims,
                &raw mut found,
            );
            assert_eq!(failed, 0, "xgboost predicts");
            std::slice::from_raw_parts(found, margins.len())
        };
        margins.copy_from_slice(found);
    };
    Ok(Candidate { name: "xgboost", score: Box::new(score) })
}
