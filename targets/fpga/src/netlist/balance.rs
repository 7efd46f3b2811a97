//! Long sums as trees: a loop that adds is a chain, and a chain of n additions takes n where a tree takes log n.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::{Builder, Id, Op, mask};

/// The sums of a netlist: for the last addition of each chain, what is added; and what is inside of a chain only.
#[derive(Default)]
struct Chains {
    terms: HashMap<usize, Vec<Id>>,
    inside: Vec<bool>,
}

impl Builder {
    /// The same netlist with its sums as trees, what comes late added last. Sums wrap, so any order gives the same.
    pub(super) fn balanced(self) -> Self {
        let chains = self.chains();
        let mut made = self.emptied();
        let mut moved: Vec<Option<Id>> = Vec::with_capacity(self.nodes().len());
        let mut depths = Depths::default();
        for (index, node) in self.nodes().iter().enumerate() {
            let id = match chains.terms.get(&index) {
                _ if chains.inside[index] => None,
                Some(terms) => {
                    made.at_line(node.line);
                    let terms = terms.iter().map(|id| {
                        let id = moved[id.index()].expect("what is added is no part of a chain");
                        made.fitted(id, node.width)
                    });
                    let terms: Vec<Id> = terms.collect();
                    Some(tree(&mut made, &mut depths, terms))
                }
                None => {
                    made.at_line(node.line);
                    Some(made.remake(node, node.width, &self, &moved))
                }
            };
            moved.push(id);
        }
        self.move_outputs(&mut made, &moved);
        made
    }

    fn chains(&self) -> Chains {
        let mut uses = vec![0u32; self.nodes().len()];
        for node in self.nodes() {
            node.op.operands().for_each(|id| uses[id.index()] += 1);
        }
        for out in self.outputs() {
            uses[out.node.index()] += 1;
        }
        let mut chains = Chains { terms: HashMap::new(), inside: vec![false; self.nodes().len()] };
        for (index, node) in self.nodes().iter().enumerate().rev() {
            if let (Op::Add(a, b), false) = (node.op, chains.inside[index]) {
                let mut terms = Vec::new();
                let mut open = vec![(a, false), (b, false)];
                while let Some((id, exact)) = open.pop() {
                    match self.inside_sum(id, node.width, exact, &uses) {
                        Some((sum, exact, a, b)) => {
                            chains.inside[id.index()] = true;
                            chains.inside[sum.index()] = true;
                            open.extend([(a, exact), (b, exact)]);
                        }
                        None => terms.push(id),
                    }
                }
                if terms.len() > 2 {
                    chains.terms.insert(index, terms);
                }
            }
        }
        chains
    }

    /// If the node is an addition that nobody else reads: itself without the zeros above it, whether what is below
    /// must not lose a carry either, and what it adds.
    ///
    /// A shorter sum may be opened only if it loses no carry, since a longer one would keep it.
    fn inside_sum(&self, id: Id, width: u32, exact: bool, uses: &[u32]) -> Option<(Id, bool, Id, Id)> {
        if uses[id.index()] != 1 {
            return None;
        }
        let sum = match self.op(id) {
            Op::Join(high, low) if self.known(high) == Some(0) && uses[low.index()] == 1 => low,
            _ => id,
        };
        let Op::Add(a, b) = self.op(sum) else { return None };
        let exact = exact || self.width(sum) < width;
        let high = self.range(a).high.checked_add(self.range(b).high);
        let keeps = high.is_some_and(|high| high <= mask(self.width(sum)));
        (!exact || keeps).then_some((sum, exact, a, b))
    }
}

/// The sum, those first that are there first.
fn tree(builder: &mut Builder, depths: &mut Depths, terms: Vec<Id>) -> Id {
    let mut heap: BinaryHeap<Reverse<(u32, Id)>> =
        terms.into_iter().map(|id| Reverse((depths.of(builder, id), id))).collect();
    loop {
        let Some(Reverse((_, a))) = heap.pop() else { unreachable!("a sum has terms") };
        let Some(Reverse((_, b))) = heap.pop() else { return a };
        let sum = builder.add(a, b);
        heap.push(Reverse((depths.of(builder, sum), sum)));
    }
}

/// How many operators are above each node.
#[derive(Default)]
struct Depths {
    known: Vec<u32>,
}

impl Depths {
    fn of(&mut self, builder: &Builder, id: Id) -> u32 {
        for node in &builder.nodes()[self.known.len()..] {
            let above = node.op.operands().map(|id| self.known[id.index()]).max().unwrap_or(0);
            self.known.push(above + u32::from(!node.op.is_wiring()));
        }
        self.known[id.index()]
    }
}
