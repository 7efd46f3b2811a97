//! What a process that sends and one that receives do: the same words over the links of either engine, which have no type in common.
//! What they name is imported by the suite.

/// `send` and `receive` over links of a type, for values from 0 to `VALUES`.
macro_rules! roles {
    ($link:ty) => {
        fn send(link: &$link) {
            let mut sender = link.sender::<u64>().unwrap();
            println!("@ sends from {}", sender.next_number());
            let (mut fault, mut told) = (None, false);
            while sender.next_number() < VALUES {
                let now = sender.remote_stats().fault;
                if now != fault {
                    println!("@ fault {now:?}");
                    fault = now;
                }
                if !sender.has_room() {
                    thread::sleep(Duration::from_micros(200));
                    continue;
                }
                let number = sender.next_number();
                if number >= VALUES / 2 && !std::mem::replace(&mut told, true) {
                    // Whatever is to happen in the middle has happened, however slow the machine is.
                    std::io::stdin().read_line(&mut String::new()).unwrap();
                }
                assert_eq!(sender.push(number), Pushed::Ok);
                if number.is_multiple_of(8) {
                    thread::sleep(Duration::from_micros(500));
                }
            }
            let stats = sender.remote_stats();
            assert_eq!(stats.pushed, stats.popped + stats.dropped + stats.depth);
            println!("@ sent {}", sender.next_number());
        }

        fn receive(link: $link, resume: &str) {
            let link = match resume.split_once(',') {
                Some((stream, next)) => {
                    link.resume(Position { stream: stream.parse().unwrap(), next: next.parse().unwrap() })
                }
                None => link,
            };
            let mut receiver = link.receiver::<u64>().unwrap().marked();
            println!("@ receives");
            let mut out = String::new();
            while !receiver.is_closed() {
                while let Some(heard) = receiver.pop() {
                    match heard {
                        Heard::Value(value) => writeln!(out, "@ value {value}"),
                        Heard::Event(Event::Gap(gap)) => {
                            writeln!(out, "@ gap {} {} {:?}", gap.first, gap.missing, gap.cause)
                        }
                        Heard::Event(event) => writeln!(out, "@ event {event:?}"),
                    }
                    .unwrap();
                }
                if let Some(Position { stream, next }) = receiver.receiver().position()
                    && !out.is_empty()
                {
                    writeln!(out, "@ at {stream},{next}").unwrap();
                }
                print!("{out}");
                out.clear();
                thread::sleep(Duration::from_micros(200));
            }
            let stats = receiver.receiver().remote_stats();
            assert_eq!(stats.pushed, stats.popped + stats.dropped + stats.depth);
            println!(
                "@ received {} lost {} duplicates {} refused {}",
                stats.popped, stats.lost, stats.duplicates, stats.refused
            );
        }
    };
}
