//! What a pass goes through, as nodes and links: the description's arms and hops turned into a drawing's graph.

use crate::graph::topology::{AsideRole, EdgePlace, StageDesc, StageKind, Topology};

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
    /// The aside at this position.
    Aside(usize),
    /// Where the passes of the shards of the stage at this position go on.
    Meet(usize),
    /// Nothing happens here: an arm without stages, a hop with nothing after it.
    Pass,
}

/// One node follows another, over a hop or directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) way: Option<Way>,
}

impl Link {
    /// Whether it leads back to where the pass began.
    pub(super) const fn is_back(&self) -> bool {
        matches!(self.way, Some(Way::Back(_)))
    }
}

/// How one node follows another, where that is not directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Over the hop at this position.
    Hop(usize),
    /// Over the edge at this position, which no hop is written for.
    Edge(usize),
    /// Over the edge at this position, which leads back to where the pass began.
    Back(usize),
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
        builder.backs();
        Self { nodes: builder.nodes, links: builder.links, root }
    }
}

/// Where a series has got to: the next node follows `node`, over `hop` if there is one.
#[derive(Debug, Clone, Copy)]
struct Tail {
    node: usize,
    segment: u16,
    way: Option<Way>,
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
            self.links.push(Link { from: tail.node, to: pass, way: tail.way });
        }
        arms.push(items);
        vec![Tail { node: pass, segment, way: None }]
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
                return vec![Tail { node, segment: hops[hop].desc.to, way: None }];
            }
            let mut tails = self.land(tails, items);
            if tails.is_empty() {
                let node = self.node(What::Pass, hops[hop].desc.from, items);
                tails.push(Tail { node, segment: hops[hop].desc.from, way: None });
            }
            for tail in &mut tails {
                (tail.segment, tail.way) = (hops[hop].desc.to, Some(Way::Hop(hop)));
            }
            return tails;
        }

        let edges_at = |place: EdgePlace| {
            let edges = self.topology.edges.iter().enumerate();
            edges.filter(move |(_, edge)| edge.place == place).map(|(at, _)| at).collect::<Vec<_>>()
        };
        let mut inlets = edges_at(EdgePlace::Inlet(index));
        // Where it comes from is not known: it is drawn as if from outside.
        inlets.extend(
            edges_at(EdgePlace::Back(index))
                .into_iter()
                .filter(|&edge| self.topology.edges[edge].pushed_by.is_empty()),
        );
        let mut arms = Vec::new();
        let mut before = self.parts(index, &mut arms);
        for edge in inlets {
            let mut arm = Vec::new();
            before.push((self.node(What::Edge(edge), stage.segment, &mut arm), None));
            arms.push(arm);
        }
        if !arms.is_empty() {
            items.push(Item::Arms(arms));
        }
        let node = self.node(What::Stage(index), stage.segment, items);
        self.links.extend(before.into_iter().map(|(from, way)| Link { from, to: node, way }));
        self.join(index, &tails, node);
        if stage.kind == StageKind::Consumer {
            return Vec::new();
        }
        if let Some(meet) = self.shards(index, node, items) {
            return vec![meet];
        }
        vec![Tail { node, segment: stage.segment, way: None }]
    }

    /// The position of the edge at a place.
    fn edge(&self, place: EdgePlace) -> Option<usize> {
        self.topology.edges.iter().position(|edge| edge.place == place)
    }

    /// What a stage has on lanes of its own, by position.
    fn asides(&self, stage: usize, role: AsideRole) -> Vec<usize> {
        let asides = self.topology.asides.iter().enumerate();
        asides.filter(|(_, aside)| (aside.stage, aside.role) == (stage, role)).map(|(at, _)| at).collect()
    }

    /// The sources that are merged in a stage and live elsewhere, an arm each, with the edges from there.
    fn parts(&mut self, stage: usize, arms: &mut Vec<Vec<Item>>) -> Vec<(usize, Option<Way>)> {
        let asides = self.asides(stage, AsideRole::Source);
        let part = |&at: &usize| {
            let mut arm = Vec::new();
            let node = self.aside(at, &mut arm);
            arms.push(arm);
            (node, self.edge(EdgePlace::From(stage, self.topology.asides[at].number)).map(Way::Edge))
        };
        asides.iter().map(part).collect()
    }

    /// The shards of a stage, up to where their passes go on; `None` if it has none.
    fn shards(&mut self, stage: usize, node: usize, items: &mut Vec<Item>) -> Option<Tail> {
        let asides = self.asides(stage, AsideRole::Shard);
        let next = self.topology.asides[*asides.first()?].next;
        let (mut arms, mut ends) = (Vec::new(), Vec::new());
        for &at in &asides {
            let mut arm = Vec::new();
            let shard = self.aside(at, &mut arm);
            let number = self.topology.asides[at].number;
            let (to, from) = (EdgePlace::To(stage, number), EdgePlace::From(stage, number));
            let way = self.edge(to).map(Way::Edge);
            self.links.push(Link { from: node, to: shard, way });
            ends.push((shard, self.edge(from).map(Way::Edge)));
            arms.push(arm);
        }
        if let Some(order) = self.edge(EdgePlace::Past(stage)) {
            let mut arm = Vec::new();
            let order = self.node(What::Edge(order), self.topology.desc.stages[stage].segment, &mut arm);
            self.links.push(Link { from: node, to: order, way: None });
            ends.push((order, None));
            arms.push(arm);
        }
        items.push(Item::Arms(arms));
        let meet = self.node(What::Meet(stage), next, items);
        for (end, way) in ends {
            self.links.push(Link { from: end, to: meet, way });
        }
        Some(Tail { node: meet, segment: next, way: None })
    }

    fn aside(&mut self, at: usize, items: &mut Vec<Item>) -> usize {
        let lane = self.topology.asides[at].lane;
        let lane = if lane < self.topology.lanes.len() { lane } else { 0 };
        self.nodes.push(Node { what: What::Aside(at), lane });
        items.push(Item::Node(self.nodes.len() - 1));
        self.nodes.len() - 1
    }

    /// Links the stages that push what is fed back to the source that takes it.
    fn backs(&mut self) {
        let node_of =
            |nodes: &[Node], stage: usize| nodes.iter().position(|node| node.what == What::Stage(stage));
        for (at, edge) in self.topology.edges.iter().enumerate() {
            let EdgePlace::Back(source) = edge.place else { continue };
            let Some(to) = node_of(&self.nodes, source) else { continue };
            let from = edge.pushed_by.iter().filter_map(|&stage| node_of(&self.nodes, stage));
            self.links.extend(from.map(|from| Link { from, to, way: Some(Way::Back(at)) }));
        }
    }

    /// Links tails to the node of a stage, over the hops which that stage itself causes where there are any.
    fn join(&mut self, index: usize, tails: &[Tail], node: usize) {
        for tail in tails {
            let implied = || {
                let hop = self.topology.hops.iter().position(|hop| {
                    usize::from(hop.desc.stage) == index
                        && hop.desc.from == tail.segment
                        && hop.elided.is_none()
                });
                hop.map(Way::Hop)
            };
            let link = Link { from: tail.node, to: node, way: tail.way.or_else(implied) };
            if !self.links.contains(&link) {
                self.links.push(link);
            }
        }
    }

    /// Gives every tail that is under way over a hop a place to arrive at.
    fn land(&mut self, tails: Vec<Tail>, items: &mut Vec<Item>) -> Vec<Tail> {
        let land = |tail: Tail| {
            if tail.way.is_none() {
                return tail;
            }
            let node = self.node(What::Pass, tail.segment, items);
            self.links.push(Link { from: tail.node, to: node, way: tail.way });
            Tail { node, segment: tail.segment, way: None }
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
