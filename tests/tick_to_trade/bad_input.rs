//! What the program says to bad input: one sentence that says what and where, exit code 2, no panic.

use std::fs;

use crate::parts::feed::Feed;
use crate::parts::tape::{binaryfile, pcap};
use crate::{run, scratch, shared, text};

/// Asserts that the program refuses: exit code 2, one sentence on stderr with these words in it, no panic.
fn refuses(arguments: &[&str], words: &[&str]) {
    let output = run(arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{arguments:?}: {said}");
    for word in words {
        assert!(said.contains(word), "{arguments:?}: no \"{word}\" in: {said}");
    }
}

#[test]
fn wrong_options_are_refused() {
    for (arguments, words) in [
        (&["--frobnicate", "1"][..], &["no option --frobnicate"][..]),
        (&["FILE"], &["no option FILE"]),
        (&["--tick"], &["--tick wants a value"]),
        (&["--tick", "0"], &["--tick 0", "a number from 1"]),
        (&["--rate", "fast"], &["--rate fast", "recorded, or max"]),
        (&["--source", "tcp"], &["--source tcp", "udp or memory"]),
        (&["--engine", "steam"], &["--engine steam", "fused, hand or both"]),
        (&["--io-core", "9999"], &["--io-core 9999", "may use the cores 0"]),
        (&["--compute-core", "9999"], &["--compute-core 9999", "may use the cores 0"]),
        (&["--pcap", "a", "--itch", "b"], &["only one input"]),
        (&["--pcap", "no/such/file"], &["cannot read no/such/file"]),
        (&["--itch", "no/such/file"], &["cannot read no/such/file"]),
        (&["--model", "no/such/file"], &["cannot read no/such/file"]),
        (&["--compute", "tpu"], &["--compute tpu", "it is not cpu, nor reference"]),
        (&["--compute", "reference", "--engine", "both"], &["--compute reference goes with --engine fused"]),
        (&["--numbers", "double"], &["--numbers double: it is not float or fixed"]),
        (&["--leaves", "gold"], &["--leaves gold: it is not any or exact"]),
    ] {
        refuses(arguments, words);
    }
    let help = run(&["--help"]);
    assert!(help.status.success());
    assert!(String::from_utf8_lossy(&help.stdout).contains("--compute-core"));
}

/// A MoldUDP64 packet of one delete in an Ethernet frame, as a capture with one record.
fn small_capture() -> Vec<u8> {
    let mut message = vec![0_u8; 19];
    message[0] = b'D';
    let mut mold = b"SESSION001\0\0\0\0\0\0\0\x01\0\x01\0\x13".to_vec();
    mold.extend(&message);
    let mut frame = vec![0_u8; 12];
    frame.extend([8, 0, 0x45, 0]);
    frame.extend((28 + mold.len() as u16).to_be_bytes());
    frame.extend([0, 0, 0, 0, 1, 17, 0, 0, 127, 0, 0, 1, 239, 1, 1, 1, 0, 9, 0x67, 0x6D]);
    frame.extend((8 + mold.len() as u16).to_be_bytes());
    frame.extend([0, 0]);
    frame.extend(&mold);
    let mut capture =
        vec![0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0];
    let len = (frame.len() as u32).to_le_bytes();
    capture.extend([0; 8]);
    capture.extend(len);
    capture.extend(len);
    capture.extend(&frame);
    capture
}

/// The offsets of [`small_capture`]: the record, the frame, the UDP length, the datagram, its message.
const FRAME: usize = 24 + 16;
const DATAGRAM: usize = FRAME + 42;
const MESSAGE: usize = DATAGRAM + 20;

#[test]
fn bad_captures_are_refused() {
    let folder = scratch("captures");
    let good = small_capture();
    let edited = |edit: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        edit(&mut bytes);
        bytes
    };
    let twice = |edit: &dyn Fn(&mut [u8])| {
        let mut second = good[24..].to_vec();
        edit(&mut second);
        [&good[..], &second].concat()
    };
    let later = |at: usize| (good.len() - 24 + at).to_string();
    let cases: Vec<(&str, Vec<u8>, Vec<String>)> = vec![
        ("empty", vec![], vec!["is empty".into()]),
        ("three bytes", vec![0xD4, 0xC3, 0xB2], vec!["no pcap capture: it has 3 bytes".into()]),
        ("text", b"packet,messages,bid".to_vec(), vec!["no pcap capture: at offset 0".into()]),
        ("pcapng", b"\x0A\x0D\x0D\x0A\0\0\0\0\0\0".to_vec(), vec!["pcapng".into(), "editcap".into()]),
        ("short header", good[..20].to_vec(), vec!["the file header is cut: 20 bytes of 24".into()]),
        ("no packet", good[..24].to_vec(), vec!["no packet".into(), "offset 24".into()]),
        ("link type", edited(&|b| b[20] = 147), vec!["offset 20".into(), "link type is 147".into()]),
        (
            "cut in a record header",
            good[..30].to_vec(),
            vec!["offset 24".into(), "inside the header of a record".into()],
        ),
        (
            "cut in a record",
            good[..good.len() - 3].to_vec(),
            vec!["offset 24".into(), "ends inside a record".into()],
        ),
        ("endless record", edited(&|b| b[35] = 0xFF), vec!["offset 24".into(), "which no frame has".into()]),
        ("tcp", edited(&|b| b[FRAME + 23] = 6), vec!["no UDP packet".into()]),
        (
            "foreign",
            edited(&|b| b[DATAGRAM + 19] = 9),
            vec![format!("offset {}", good.len()), "no MoldUDP64 packet".into()],
        ),
        (
            "length zero",
            edited(&|b| b[MESSAGE + 1] = 0),
            vec![format!("offset {MESSAGE}"), "length is zero".into()],
        ),
        (
            "length beyond",
            edited(&|b| b[MESSAGE] = 9),
            vec![format!("offset {MESSAGE}"), "ends inside message 1 of 1".into()],
        ),
        (
            "length of no type",
            edited(&|b| b[MESSAGE + 2] = b'A'),
            vec![format!("offset {MESSAGE}"), "'A' is 36 bytes".into()],
        ),
        (
            "side",
            {
                let mut bytes = good.clone();
                bytes[MESSAGE + 2] = b'D';
                bytes[DATAGRAM + 19] = 2;
                bytes
            },
            vec!["ends inside message 2 of 2".into()],
        ),
        (
            "damaged later",
            twice(&|b| b[MESSAGE - 24 + 1] = 0),
            vec![format!("offset {}", later(MESSAGE)), "length is zero".into()],
        ),
        (
            "snapped later",
            twice(&|b| b[FRAME - 24 + 38] = 9),
            vec![format!("offset {}", later(DATAGRAM)), "the packet is cut".into()],
        ),
        ("gzip cut", b"\x1F\x8B\x08\0\0\0\0\0\0\x03KL".to_vec(), vec!["gzip stream is cut".into()]),
    ];
    for (name, bytes, words) in cases {
        let path = folder.join(name.replace(' ', "_"));
        fs::write(&path, bytes).unwrap();
        let words: Vec<&str> = words.iter().map(String::as_str).chain([text(&path)]).collect();
        refuses(&["--engine", "hand", "--source", "memory", "--pcap", text(&path)], &words);
    }
    let path = folder.join("good");
    fs::write(&path, &good).unwrap();
    assert!(
        run(&["--engine", "hand", "--source", "memory", "--pcap", text(&path)]).status.success(),
        "the unedited one"
    );
}

#[test]
fn bad_binary_files_are_refused() {
    let folder = scratch("binaryfiles");
    let mut good = vec![0, 19, b'D'];
    good.extend([0; 18]);
    let with = |more: &[u8]| [&good[..], more].concat();
    let cases: [(&str, Vec<u8>, &[&str]); 7] = [
        ("empty", vec![], &["is empty"]),
        ("length zero", with(&[0, 0]), &["offset 21", "length is zero"]),
        ("cut in a length", with(&[0]), &["offset 21", "inside the length"]),
        ("cut in a message", with(&[0, 19, b'D', 0]), &["offset 21", "2 bytes of 19"]),
        ("wrong length", with(&[0, 2, b'D', 0]), &["offset 21", "'D' is 19 bytes long, this one 2"]),
        (
            "foreign",
            b"hello, world, this is text; it goes on for long enough".repeat(600),
            &["offset 0", "BinaryFILE"],
        ),
        ("side", with(&[&[0, 36, b'A'][..], &[0; 35]].concat()), &["offset 21", "side"]),
    ];
    for (name, bytes, words) in cases {
        let path = folder.join(name.replace(' ', "_"));
        fs::write(&path, bytes).unwrap();
        refuses(&["--engine", "hand", "--source", "memory", "--itch", text(&path)], words);
    }
}

#[test]
fn bad_real_files_are_refused() {
    let Some(data) = shared() else { return };
    for (option, file, words) in [
        ("--pcap", "iex/DEEP10.pcap.gz", &["no MoldUDP64 packet of ITCH 5.0", "offset"][..]),
        ("--pcap", "soupbintcp_ouch/nasdaq_ouch_v5.0/EnterOrderMessage.pcap", &["no UDP packet"]),
        ("--pcap", "cme_sbe/mdp3_v1.5/MdIncrementalRefreshBook.pcap", &["no MoldUDP64 packet of ITCH 5.0"]),
        ("--pcap", "tick_to_trade/SPEC.md", &["no pcap capture"]),
        ("--itch", "itch50/ritch_ex20101224.TEST_ITCH_50.gz", &["offset 0", "length is zero"]),
        ("--itch", "itch50/emi_head_4096.itch", &["offset 4081", "ends inside a message"]),
        ("--itch", "itch50/esh4_20231225_transcoded.moldudp64.pcap.gz", &["offset 0"]),
    ] {
        refuses(&["--engine", "hand", "--source", "memory", option, text(&data.join(file))], words);
    }
    // A cut gzip file, and every capture of real NASDAQ messages is taken.
    let whole = fs::read(data.join("itch50/esh4_20231225_transcoded.moldudp64.pcap.gz")).unwrap();
    let cut = scratch("cut").join("cut.pcap.gz");
    fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    refuses(&["--pcap", text(&cut)], &["gzip stream is cut", "unpacked bytes"]);
    for folder in ["nasdaq_v5.0", "nasdaq_v5.0.20230822"] {
        for entry in fs::read_dir(data.join("moldudp64_itch50").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "pcap") {
                assert!(pcap::read(&path).is_ok(), "{}", path.display());
            }
        }
    }
}

#[test]
fn bad_models_are_refused() {
    let folder = scratch("models");
    let good = include_str!("../../examples/tick_to_trade/model.json");
    let edited = |from: &str, to: &str| {
        assert!(good.contains(from), "the model has {from}");
        good.replacen(from, to, 1)
    };
    let cases = [
        ("empty", String::new(), &["is empty"][..]),
        ("text", "hello".into(), &["not whole JSON", "line 1"]),
        ("cut", good[..good.len() / 2].into(), &["not whole JSON", "EOF"]),
        ("other json", "{\"layers\": []}".into(), &["the field learner is missing"]),
        (
            "linear",
            edited("\"name\":\"gbtree\"", "\"name\":\"gblinear\""),
            &["learner.gradient_booster.name", "gblinear"],
        ),
        (
            "objective",
            edited("reg:squarederror", "rank:pairwise"),
            &["learner.objective.name", "rank:pairwise"],
        ),
        (
            "probability",
            edited("reg:squarederror", "binary:logistic"),
            &["learner_model_param.base_score", "not a probability"],
        ),
        (
            "features",
            edited(
                "\"num_class\":\"0\",\"num_feature\":\"23\"",
                "\"num_class\":\"0\",\"num_feature\":\"26\"",
            ),
            &["num_feature is 26", "23 features"],
        ),
        ("no base", edited("\"base_score\"", "\"base\""), &["learner_model_param.base_score is missing"]),
        (
            "odd base",
            edited("\"base_score\":\"[", "\"base_score\":\"[x"),
            &["base_score is", "not one number"],
        ),
        ("no tree", edited("\"trees\"", "\"shrubs\""), &["model.trees is missing"]),
        ("no column", edited("\"left_children\"", "\"left\""), &["trees[0].left_children is missing"]),
        (
            "short column",
            edited("\"default_left\":[0,", "\"default_left\":["),
            &["trees[0].default_left", "entries"],
        ),
        (
            "cycle",
            edited("\"left_children\":[1,", "\"left_children\":[0,"),
            &["trees[0].left_children[0] is 0"],
        ),
        (
            "two parents",
            edited("\"left_children\":[1,", "\"left_children\":[2,"),
            &["trees[0] is not a tree", "2 parents"],
        ),
        (
            "beyond",
            edited("\"left_children\":[1,", "\"left_children\":[9999,"),
            &["left_children[0] is 9999"],
        ),
        (
            "feature beyond",
            edited("\"split_indices\":[", "\"split_indices\":[9"),
            &["trees[0].split_indices[0]", "23 features"],
        ),
        ("categories", edited("\"split_type\":[0", "\"split_type\":[1"), &["split_type[0]", "categorical"]),
    ];
    for (name, content, words) in cases {
        let path = folder.join(name.replace(' ', "_"));
        fs::write(&path, content).unwrap();
        let words: Vec<&str> = words.iter().copied().chain([text(&path)]).collect();
        refuses(&["--engine", "hand", "--model", text(&path)], &words);
    }
    let Some(data) = shared() else { return };
    for (file, words) in [
        ("models/xgb_reg_200_d6.json", &["num_feature is 26", "23 features"][..]),
        ("models/mlp_26_32_16_3.json", &["the field learner is missing"]),
        ("models/third_party/agaricus_logistic50.json", &["learner.objective.name", "binary:logistic"]),
        ("models/xgb_softprob3_60x3_d5.json", &["learner.objective.name"]),
    ] {
        refuses(&["--engine", "hand", "--model", text(&data.join(file))], words);
    }
}

#[test]
fn mutated_captures_never_panic() {
    let Some(data) = shared() else { return };
    let folder = scratch("mutated");
    let (capture, itch) = (folder.join("pcap"), folder.join("itch"));
    // The first real packets, as many as read quickly a few thousand times, up to the end of a record.
    let whole = crate::unpacked(&data.join("itch50/esh4_20231225_transcoded.moldudp64.pcap.gz"));
    let messages = crate::unpacked(&data.join("itch50/esh4_20231225_transcoded.itch50.gz"));
    let mut ends = [24, 0];
    while ends[0] < 6_000 {
        let len = &whole[ends[0] + 8..][..4];
        ends[0] += 16 + u32::from_le_bytes(len.try_into().unwrap()) as usize;
    }
    while ends[1] < 6_000 {
        ends[1] += 2 + usize::from(u16::from_be_bytes([messages[ends[1]], messages[ends[1] + 1]]));
    }
    let sources = [(&whole[..ends[0]], &capture), (&messages[..ends[1]], &itch)];
    let mut state = 11_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let (mut taken, mut refused) = (0, 0);
    for round in 0..1_500 {
        for (source, path) in sources {
            let mut bytes = source.to_vec();
            for _ in 0..1 + random(4) {
                let at = random(bytes.len());
                bytes[at] = random(256) as u8;
            }
            if round % 3 == 0 {
                bytes.truncate(random(bytes.len()));
            }
            fs::write(path, &bytes).unwrap();
        }
        for tape in [pcap::read(&capture), binaryfile::read(&itch)] {
            match tape {
                Ok(tape) => {
                    taken += 1;
                    let mut feed = Feed::new();
                    for at in 0..tape.len() {
                        let _ = feed.on_packet(tape.packet(at), 0);
                    }
                    assert_eq!(feed.counts().malformed_packets, 0, "the reader lets no damage through");
                }
                Err(error) => {
                    refused += 1;
                    assert!(!error.to_string().contains('\n'), "one sentence: {error}");
                }
            }
        }
    }
    // Many a changed byte is a price or a time, which no reader can know to be wrong.
    assert!(taken > 300 && refused > 300, "{taken} taken, {refused} refused");
}
