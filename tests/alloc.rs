//! The policies that operations take their memory from: what they give, what they refuse, and what they count.

use std::alloc::Layout;
use std::collections::BTreeMap;
use std::ptr::NonNull;
use std::sync::{Arc, Barrier};
use std::thread;

use fusewire::alloc::{
    AllocError, Allocation, Bounded, Budget, Forbidden, Global, Policy, Recycling, Request, Share, Tenant,
    Tracked,
};

fn request(bytes: usize) -> Request {
    Request::new(Layout::from_size_align(bytes, 8).unwrap(), "a test")
}

/// Memory that gives itself back.
struct Block<'p> {
    policy: &'p dyn Policy,
    memory: NonNull<u8>,
    request: Request,
}

// SAFETY: memory may be given back on any thread.
unsafe impl Send for Block<'_> {}

impl<'p> Block<'p> {
    fn new(policy: &'p dyn Policy, request: Request) -> Result<Self, AllocError> {
        let memory = policy.allocate(&request)?;
        // SAFETY: the policy gave so many bytes.
        unsafe { memory.as_ptr().write_bytes(0xa5, request.layout().size()) };
        Ok(Self { policy, memory, request })
    }

    fn address(&self) -> usize {
        self.memory.as_ptr().addr()
    }
}

impl Drop for Block<'_> {
    fn drop(&mut self) {
        let size = self.request.layout().size();
        // SAFETY: the block is ours, and `new` has written so many bytes.
        let bytes = unsafe { std::slice::from_raw_parts(self.memory.as_ptr(), size) };
        assert!(bytes.iter().all(|byte| *byte == 0xa5), "somebody else wrote to it");
        // SAFETY: it came from this policy for this request.
        unsafe { self.policy.release(self.memory, &self.request) }
    }
}

#[test]
fn blocks_are_aligned_and_do_not_overlap() {
    for policy in [&Global as &dyn Policy, &Recycling, &Allocation::default(), &Tracked::new(Recycling)] {
        let mut blocks = Vec::new();
        for bytes in [0, 1, 63, 64, 65, 200, 1000, 4095, 4096, 4097, 10_000] {
            for align in [1, 8, 64, 128, 4096] {
                let layout = Layout::from_size_align(bytes, align).unwrap();
                let block = Block::new(policy, Request::new(layout, "a test")).unwrap();
                assert_eq!(block.address() % align, 0, "{policy:?} {layout:?}");
                blocks.push(block);
            }
        }
        let spans: BTreeMap<usize, usize> =
            blocks.iter().map(|block| (block.address(), block.request.layout().size())).collect();
        let ends = spans.iter().map(|(start, size)| start + size);
        assert!(ends.zip(spans.keys().skip(1)).all(|(end, next)| end <= *next), "{policy:?}");
    }
}

#[test]
fn recycling_gives_again_what_it_got() {
    // The sizes of one class share it; on a thread of its own, so that nobody else is in its lists.
    thread::spawn(|| {
        let first = Block::new(&Recycling, request(700)).unwrap().address();
        assert_eq!(Block::new(&Recycling, request(768)).unwrap().address(), first);
        assert_ne!(Block::new(&Recycling, request(500)).unwrap().address(), first);
        assert_eq!(Block::new(&Recycling, request(513)).unwrap().address(), first);
    })
    .join()
    .unwrap();
}

#[test]
fn what_was_filled_in_is_there_and_what_is_trimmed_is_gone() {
    const SIZE: usize = 3072;
    // Blocks of this size are used by no other test of this process.
    let layout = Layout::from_size_align(SIZE, 8).unwrap();
    Recycling::fill(layout, 100).unwrap();
    assert_eq!(Recycling::fill(Layout::from_size_align(1 << 20, 8).unwrap(), 100), Ok(()), "not recycled");
    let taken: Vec<_> = (0..100).map(|_| Block::new(&Recycling, request(SIZE)).unwrap()).collect();
    let addresses: Vec<_> = taken.iter().map(Block::address).collect();
    drop(taken);
    let again: Vec<_> = (0..100).map(|_| Block::new(&Recycling, request(SIZE)).unwrap()).collect();
    assert!(again.iter().all(|block| addresses.contains(&block.address())), "nothing new");
    // What this thread keeps stays; 100 blocks are more than that.
    drop(again);
    assert!(Recycling::trim() >= 4 * SIZE);
    assert!(Block::new(&Recycling, request(SIZE)).is_ok());
}

#[test]
fn blocks_flow_between_threads_and_none_is_in_two_hands() {
    let (made, ended) = std::sync::mpsc::sync_channel::<Block<'static>>(256);
    let maker = thread::spawn(move || {
        for n in 0..50_000 {
            made.send(Block::new(&Recycling, request(1 + n % 500)).unwrap()).unwrap();
        }
    });
    // `Block` sees whether somebody else has written to it.
    let count = ended.into_iter().map(drop).count();
    maker.join().unwrap();
    assert_eq!(count, 50_000);
}

#[test]
fn bounds_are_exact_also_between_threads() {
    let bounded = Bounded::new(Recycling).operations(10).bytes(5_000);
    let small: Vec<_> = (0..10).map(|_| Block::new(&bounded, request(100)).unwrap()).collect();
    let refused = Block::new(&bounded, request(100)).err().unwrap();
    assert_eq!(refused, AllocError::TooManyOperations { limit: 10 });
    drop(small);
    let large = Block::new(&bounded, request(4_000)).unwrap();
    let refused = Block::new(&bounded, request(1_001)).err().unwrap();
    assert_eq!(refused, AllocError::TooManyBytes { limit: 5_000, asked: 1_001 });
    assert_eq!(refused.to_string(), "1001 bytes more would be over the bound of 5000");
    let fits = Block::new(&bounded, request(1_000)).unwrap();
    drop((large, fits));

    // A refusal inside gives everything back.
    let outer = Bounded::new(Bounded::new(Recycling).operations(1)).operations(5);
    let one = Block::new(&outer, request(8)).unwrap();
    for _ in 0..10 {
        assert_eq!(Block::new(&outer, request(8)).err(), Some(AllocError::TooManyOperations { limit: 1 }));
    }
    drop(one);
    assert!(Block::new(&outer, request(8)).is_ok());

    let tracked = Tracked::new(Bounded::new(Recycling).operations(3));
    let together = Barrier::new(4);
    thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                together.wait();
                for _ in 0..5_000 {
                    drop(Block::new(&tracked, request(64)));
                }
            });
        }
    });
    let usage = tracked.usage();
    assert!(usage.peak <= 3 && usage.live == 0, "{usage}");
    assert_eq!(usage.made + usage.refused, 20_000);
}

#[test]
fn a_tenant_cannot_starve_another() {
    let budget = Budget::of_bytes(1_000);
    let calm = budget.tenant("calm", Share { guaranteed: 300, at_most: 500 }, Recycling).unwrap();
    let noisy = budget.tenant("noisy", Share { guaranteed: 200, at_most: 1_000 }, Recycling).unwrap();
    let flood: Vec<_> = (0..).map_while(|_| Block::new(&noisy, request(50)).ok()).collect();
    assert_eq!((flood.len() * 50, noisy.used(), budget.left_to_borrow()), (700, 700, 0));
    let refused = Block::new(&noisy, request(50)).err().unwrap();
    assert_eq!(
        refused.to_string(),
        "the budget of tenant `noisy` is used up: 700 bytes of 1000 at most, and none left to borrow"
    );
    let kept: Vec<_> = (0..).map_while(|_| Block::new(&calm, request(50)).ok()).collect();
    assert_eq!(kept.len() * 50, 300, "what was guaranteed is there");
    drop(flood);
    let more: Vec<_> = (0..).map_while(|_| Block::new(&calm, request(50)).ok()).collect();
    assert_eq!((more.len() * 50, calm.used()), (200, 500), "up to its limit");
    drop((kept, more));
    assert_eq!((calm.used(), noisy.used(), budget.left_to_borrow()), (0, 0, 500));
    drop(noisy);
    assert_eq!(budget.left_to_borrow(), 700, "its guarantee goes back");
}

/// A budget by the rules, without a thought for speed.
struct Naive {
    used: [usize; 3],
    own: [usize; 3],
}

#[test]
fn a_budget_agrees_with_the_rules_whatever_comes() {
    const SHARES: [Share; 3] = [
        Share { guaranteed: 100, at_most: 400 },
        Share { guaranteed: 0, at_most: 300 },
        Share { guaranteed: 250, at_most: 250 },
    ];
    const TOTAL: usize = 600;
    let budget = Budget::of_bytes(TOTAL);
    let tenants: [Tenant; 3] =
        std::array::from_fn(|n| budget.tenant(&n.to_string(), SHARES[n], Recycling).unwrap());
    let mut naive = Naive { used: [0; 3], own: [0; 3] };
    let mut live: Vec<(usize, Block<'_>)> = Vec::new();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut refusals = 0;
    for _ in 0..20_000 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let (who, size) = ((random % 3) as usize, 1 + (random >> 8) as usize % 120);
        if random >> 40 & 3 == 0 && !live.is_empty() {
            let (who, block) = live.swap_remove((random >> 16) as usize % live.len());
            let size = block.request.layout().size();
            let borrowed = naive.used[who] - naive.own[who];
            naive.used[who] -= size;
            naive.own[who] -= size - borrowed.min(size);
            continue;
        }
        let share = SHARES[who];
        let borrowed = |who: usize| naive.used[who] - naive.own[who];
        let lent: usize = (0..3).map(borrowed).sum();
        let common = TOTAL - SHARES.iter().map(|share| share.guaranteed).sum::<usize>();
        let fits_own = naive.own[who] + size <= share.guaranteed;
        let fits =
            fits_own || (borrowed(who) + size <= share.at_most - share.guaranteed && lent + size <= common);
        let block = Block::new(&tenants[who], request(size));
        assert_eq!(block.is_ok(), fits, "{who} asks for {size}");
        let Ok(block) = block else {
            refusals += 1;
            continue;
        };
        naive.used[who] += size;
        naive.own[who] += if fits_own { size } else { 0 };
        live.push((who, block));
        assert_eq!(tenants.each_ref().map(Tenant::used), naive.used);
    }
    assert!(refusals > 1_000, "the budget was tried");
    drop(live);
    assert_eq!(budget.left_to_borrow(), 250);
}

#[test]
fn a_budget_is_exact_between_threads() {
    let budget = Budget::of_operations(12);
    let tenants: Vec<_> = (0..3)
        .map(|n| budget.tenant(&n.to_string(), Share { guaranteed: 2, at_most: 12 }, Recycling).unwrap())
        .collect();
    let all = Tracked::new(Recycling);
    thread::scope(|threads| {
        for tenant in &tenants {
            for _ in 0..2 {
                threads.spawn(|| {
                    for n in 0..3_000_usize {
                        let some: Vec<_> =
                            (0..n % 8).filter_map(|_| Block::new(tenant, request(16)).ok()).collect();
                        let counted: Vec<_> =
                            some.iter().map(|_| Block::new(&all, request(16)).unwrap()).collect();
                        drop(counted);
                        drop(some);
                    }
                });
            }
        }
    });
    assert!(all.peak() <= 12, "{}", all.usage());
    assert_eq!(budget.left_to_borrow(), 6);
    assert!(tenants.iter().all(|tenant| tenant.used() == 0));
}

#[test]
fn what_is_tracked_is_counted_by_name() {
    let tracked = Arc::new(Tracked::new(Bounded::new(Recycling).operations(2)));
    let allocation = Allocation::from(tracked.clone());
    let named = |name, bytes| Request::new(Layout::from_size_align(bytes, 8).unwrap(), name);
    let first = Block::new(&allocation, named("read", 10)).unwrap();
    let second = Block::new(&allocation, named("write", 20)).unwrap();
    assert!(Block::new(&allocation, named("write", 20)).is_err());
    drop(first);
    let usage = tracked.usage();
    assert_eq!((usage.made, usage.live, usage.peak, usage.refused), (2, 1, 2, 1));
    assert_eq!((usage.bytes, usage.peak_bytes), (20, 30));
    assert_eq!(
        tracked.leaks().iter().map(|(name, usage)| (*name, usage.bytes)).collect::<Vec<_>>(),
        [("write", 20)]
    );
    assert_eq!(tracked.by_name().len(), 2);
    assert_eq!(usage.to_string(), "2 made, 1 live (peak 2), 20 bytes (peak 30), 1 refused");
    drop(second);
    assert_eq!(tracked.leaks(), []);
}

#[test]
fn handles_are_equal_if_they_are_of_one_policy() {
    let policy = Arc::new(Bounded::new(Global));
    let (one, other) = (Allocation::from(policy.clone()), Allocation::from(policy));
    assert_eq!(one, other);
    assert_eq!(one.clone(), one);
    assert_ne!(one, Allocation::new(Bounded::new(Global)));
    assert_ne!(Allocation::Global, Allocation::Recycling);
    assert_eq!(Allocation::from(Forbidden), Allocation::Forbidden);
    assert_eq!(Block::new(&Allocation::Forbidden, request(1)).err(), Some(AllocError::Forbidden));
}

#[test]
fn the_policy_flows_forward() {
    use fusewire::context::Scheduler;
    use fusewire::context::cpu::Cpu;
    use fusewire::env::Env;

    let policy: Allocation = Arc::new(Bounded::new(Recycling)).into();
    let cpu = Cpu::builder().allocation(policy.clone()).build().unwrap();
    assert_eq!(cpu.context().allocation(), &policy);
    assert_eq!(Cpu::builder().build().unwrap().context().allocation(), &Allocation::Recycling);
    assert_eq!(Env::new().allocation(), &Allocation::Global);
    let env = Env::new().with_context(cpu.context().clone());
    assert_eq!(env.allocation(), &policy, "the context's");
    assert_eq!(env.with_allocation(Forbidden).allocation(), &Allocation::Forbidden, "unless one is given");
}
