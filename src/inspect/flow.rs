//! What a pass goes through, as nodes and links: the description's arms and hops turned into a drawing's graph.

use crate::graph::topology::{EdgePlace, StageDesc, StageKind, Topology};

/// The graph of a drawing.
#[derive(Debug)]
pub(super) struct Flow {
    /// The nodes, in the order in which they are written.
    pub(super) nodes: Vec<Node>,
    /// What follows what.
    pub(super) links: Vec<Link>,
    /// The nodes as series and arms.
    pub(super) root: Vec<Item>,
}

/// One thing to draw.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) what: What,
    /// The lane it is drawn on; the first, for a stage of a segment that the description does not have.
    pub(super) lane: usize,
}

/// What a node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// The stage at this position.
    Stage(usize),
    /// The hop at this position, which was elided.
    Elided(usize),
    /// The edge at this position, where it enters or leaves the graph.
    Edge(usize),
    /// Nothing happens here: an arm without stages, a hop with nothing after it.
    Pass,
}

/// One node follows another, over a hop or directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) hop: Option<usize>,
}

/// A piece of the series-parallel shape.
#[derive(Debug)]
pub(super) enum Item {
    Node(usize),
    Arms(Vec<Vec<Self>>),
}

impl Flow {
    pub(super) fn of(topology: &Topology) -> Self {
        let mut builder = Builder { topology, at: 0, nodes: Vec::new(), links: Vec::new() };
        let (mut root, tails) = builder.series(&[], Vec::new());
        builder.land(tails, &mut root);
        Self { nodes: builder.nodes, links: builder.links, root }
    }
}

/// Where a series has got to: the next node follows `node`, over `hop` if there is one.
#[derive(Debug, Clone, Copy)]
struct Tail {
    node: usize,
    segment: u16,
    hop: Option<usize>,
}

struct Builder<'t> {
    topology: &'t Topology,
    at: usize,
    nodes: Vec<Node>,
    links: Vec<Link>,
}

impl<'t> Builder<'t> {
    fn next(&self) -> Option<&'t StageDesc> {
        self.topology.desc.stages.get(self.at)
    }

    /// Takes the stages below `path` up to the first that lies elsewhere.
    fn series(&mut self, path: &[u8], mut tails: Vec<Tail>) -> (Vec<Item>, Vec<Tail>) {
        let mut items = Vec::new();
        while let Some(stage) = self.next().filter(|stage| stage.arm.starts_with(path)) {
            if stage.arm.len() > path.len() {
                // Operands of a join: what came before is the first of them.
                let mut arms = Vec::new();
                if !items.is_empty() {
                    arms.push(core::mem::take(&mut items));
                } else if !tails.is_empty() {
                    tails = self.empty_arm(&tails, &mut arms);
                }
                tails.extend(self.arms(path, &[], 0, &mut arms));
                items.push(Item::Arms(arms));
                continue;
            }
            let index = self.at;
            self.at += 1;
            tails = self.stage(index, stage, tails, &mut items);
            if stage.arms > 0 {
                let mut arms = Vec::new();
                tails = self.arms(path, &tails, usize::from(stage.arms), &mut arms);
                items.push(Item::Arms(arms));
            }
        }
        (items, tails)
    }

    /// Takes the arms below `path`, each entered from `entry`, and at least `least` of them.
    fn arms(&mut self, path: &[u8], entry: &[Tail], least: usize, arms: &mut Vec<Vec<Item>>) -> Vec<Tail> {
        let mut ends = Vec::new();
        let mut expected = 0;
        while let Some(stage) =
            self.next().filter(|stage| stage.arm.starts_with(path) && stage.arm.len() > path.len())
        {
            let own = &stage.arm[..=path.len()];
            let number = usize::from(own[path.len()]);
            while !entry.is_empty() && expected < number.min(least) {
                ends.extend(self.empty_arm(entry, arms));
                expected += 1;
            }
            expected = number + 1;
            let begins = stage.kind == StageKind::Source && stage.arm.len() == own.len();
            let entry = if begins { Vec::new() } else { entry.to_vec() };
            let (mut items, mut tails) = self.series(own, entry);
            if items.is_empty() {
                tails = self.land(tails, &mut items);
            }
            arms.push(items);
            ends.extend(tails);
        }
        while !entry.is_empty() && expected < least {
            ends.extend(self.empty_arm(entry, arms));
            expected += 1;
        }
        ends
    }

    fn empty_arm(&mut self, entry: &[Tail], arms: &mut Vec<Vec<Item>>) -> Vec<Tail> {
        let mut items = Vec::new();
        let segment = entry.first().map_or(0, |tail| tail.segment);
        let pass = self.node(What::Pass, segment, &mut items);
        for tail in entry {
            self.links.push(Link { from: tail.node, to: pass, hop: tail.hop });
        }
        arms.push(items);
        vec![Tail { node: pass, segment, hop: None }]
    }

    fn stage(
        &mut self,
        index: usize,
        stage: &StageDesc,
        tails: Vec<Tail>,
        items: &mut Vec<Item>,
    ) -> Vec<Tail> {
        let hops = &self.topology.hops;
        let own = hops.iter().position(|hop| usize::from(hop.desc.stage) == index);
        if let (StageKind::Hop, Some(hop)) = (stage.kind, own) {
            if hops[hop].elided.is_some() {
                let node = self.node(What::Elided(hop), stage.segment, items);
                self.join(index, &tails, node);
                return vec![Tail { node, segment: hops[hop].desc.to, hop: None }];
            }
            let mut tails = self.land(tails, items);
            if tails.is_empty() {
                let node = self.node(What::Pass, hops[hop].desc.from, items);
                tails.push(Tail { node, segment: hops[hop].desc.from, hop: None });
            }
            for tail in &mut tails {
                (tail.segment, tail.hop) = (hops[hop].desc.to, Some(hop));
            }
            return tails;
        }

        let edges_at = |place: EdgePlace| {
            let edges = self.topology.edges.iter().enumerate();
            edges.filter(move |(_, edge)| edge.place == place).map(|(at, _)| at).collect::<Vec<_>>()
        };
        let inlets = edges_at(EdgePlace::Inlet(index));
        let outlets = edges_at(EdgePlace::Outlet(index));
        let inlets: Vec<_> =
            inlets.into_iter().map(|edge| self.node(What::Edge(edge), stage.segment, items)).collect();
        let node = self.node(What::Stage(index), stage.segment, items);
        for inlet in inlets {
            self.links.push(Link { from: inlet, to: node, hop: None });
        }
        self.join(index, &tails, node);
        for edge in outlets {
            let outlet = self.node(What::Edge(edge), stage.segment, items);
            self.links.push(Link { from: node, to: outlet, hop: None });
        }
        if stage.kind == StageKind::Consumer {
            return Vec::new();
        }
        vec![Tail { node, segment: stage.segment, hop: None }]
    }

    /// Links tails to the node of a stage, over the hops which that stage itself causes where there are any.
    fn join(&mut self, index: usize, tails: &[Tail], node: usize) {
        for tail in tails {
            let implied = || {
                self.topology.hops.iter().position(|hop| {
                    usize::from(hop.desc.stage) == index
                        && hop.desc.from == tail.segment
                        && hop.elided.is_none()
                })
            };
            let link = Link { from: tail.node, to: node, hop: tail.hop.or_else(implied) };
            if !self.links.contains(&link) {
                self.links.push(link);
            }
        }
    }

    /// Gives every tail that is under way over a hop a place to arrive at.
    fn land(&mut self, tails: Vec<Tail>, items: &mut Vec<Item>) -> Vec<Tail> {
        let land = |tail: Tail| {
            if tail.hop.is_none() {
                return tail;
            }
            let node = self.node(What::Pass, tail.segment, items);
            self.links.push(Link { from: tail.node, to: node, hop: tail.hop });
            Tail { node, segment: tail.segment, hop: None }
        };
        tails.into_iter().map(land).collect()
    }

    fn node(&mut self, what: What, segment: u16, items: &mut Vec<Item>) -> usize {
        let lane = self.topology.lane_of_segment(segment).unwrap_or(0);
        self.nodes.push(Node { what, lane });
        items.push(Item::Node(self.nodes.len() - 1));
        self.nodes.len() - 1
    }
}
