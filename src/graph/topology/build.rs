//! Completing a description: every segment gets its lane, every edge its ends.

use super::{AsideInfo, AsideRole, EdgeInfo, EdgePlace, GraphDesc, HopInfo, LaneInfo, MachineInfo, Topology};

/// Collects what the run time knows about a graph; [`finish`](Self::finish) makes the [`Topology`].
///
/// # Examples
///
/// ```
/// use fusewire::graph::topology::{GraphDesc, LaneInfo, SegmentDesc, Topology};
///
/// const EMPTY: GraphDesc = GraphDesc {
///     name: "empty", file: "src/main.rs", line: 1, stages: &[], hops: &[], states: &[],
///     segments: &[SegmentDesc { context: "io", lane: 0, first: 0, last: 0 }],
/// };
/// let topology = Topology::build(&EMPTY)
///     .lane(LaneInfo::new("io", "io").core(2).wait("spin then park").segments([0]))
///     .machine(48)
///     .finish();
/// assert_eq!(topology.lane_of_segment(0), Some(0));
/// ```
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `finish` is called"]
pub struct TopologyBuilder {
    desc: &'static GraphDesc,
    lanes: Vec<LaneInfo>,
    edges: Vec<EdgeInfo>,
    asides: Vec<AsideInfo>,
    elided: Vec<(usize, String)>,
    machine: Option<usize>,
}

impl TopologyBuilder {
    pub(super) fn new(desc: &'static GraphDesc) -> Self {
        let (lanes, edges, asides, elided) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { desc, lanes, edges, asides, elided, machine: None }
    }

    /// Adds a lane. Segments that no lane claims get the lanes that the macro planned.
    pub fn lane(mut self, lane: LaneInfo) -> Self {
        self.lanes.push(lane);
        self
    }

    /// Adds an edge; its ends are worked out from its place.
    pub fn edge(mut self, edge: EdgeInfo) -> Self {
        self.edges.push(edge);
        self
    }

    /// Adds what a stage has on the lane at position `lane`, from where its passes go on in the segment `next`. It has the next number
    /// at that stage.
    pub fn aside(
        mut self,
        role: AsideRole,
        stage: usize,
        name: impl Into<String>,
        lane: usize,
        next: u16,
    ) -> Self {
        let number = self.asides.iter().filter(|other| other.stage == stage).count();
        self.asides.push(AsideInfo { role, stage, number, name: name.into(), lane, next });
        self
    }

    /// Says that a hop makes no edge after all, because its two contexts are one.
    pub fn elide(mut self, hop: usize, reason: impl Into<String>) -> Self {
        self.elided.push((hop, reason.into()));
        self
    }

    /// States the size of the machine. Its states are those of the description.
    pub fn machine(mut self, bytes: usize) -> Self {
        self.machine = Some(bytes);
        self
    }

    /// Makes the topology.
    ///
    /// A segment that several lanes claim stays with the first; one that none claims goes to the lane that was
    /// planned for it; one that the description does not have is left out.
    #[must_use]
    pub fn finish(self) -> Topology {
        let desc = self.desc;
        let mut topology = Topology {
            desc,
            lanes: place_segments(desc, self.lanes),
            hops: desc
                .hops
                .iter()
                .map(|hop| HopInfo { desc: hop, elided: hop.elided.map(str::to_owned) })
                .collect(),
            edges: self.edges,
            asides: self.asides,
            machine: self.machine.map(|bytes| MachineInfo {
                states: desc.states.iter().map(|state| (*state).to_owned()).collect(),
                bytes,
            }),
        };
        for (hop, reason) in self.elided {
            if let Some(hop) = topology.hops.get_mut(hop) {
                hop.elided = Some(reason);
            }
        }
        let ends: Vec<_> = topology.edges.iter().map(|edge| ends_of(&topology, edge.place)).collect();
        for (edge, (from, to)) in topology.edges.iter_mut().zip(ends) {
            (edge.from, edge.to) = (from, to);
        }
        topology
    }
}

fn place_segments(desc: &GraphDesc, mut lanes: Vec<LaneInfo>) -> Vec<LaneInfo> {
    let mut claimed = vec![false; desc.segments.len()];
    for lane in &mut lanes {
        lane.segments.retain(|&segment| {
            claimed.get_mut(usize::from(segment)).is_some_and(|taken| !core::mem::replace(taken, true))
        });
    }
    // Planned lanes are appended in the order in which a pass reaches them; two segments that were planned for
    // one lane stay together.
    let mut planned: Vec<(u16, usize)> = Vec::new();
    for (index, segment) in (0u16..).zip(desc.segments) {
        if claimed[usize::from(index)] {
            continue;
        }
        let known = planned.iter().find(|(lane, _)| *lane == segment.lane).map(|&(_, at)| at);
        let at = known.unwrap_or_else(|| {
            lanes.push(LaneInfo::new(segment.context, ""));
            planned.push((segment.lane, lanes.len() - 1));
            lanes.len() - 1
        });
        lanes[at].segments.push(index);
    }
    lanes
}

fn ends_of(topology: &Topology, place: EdgePlace) -> (Option<usize>, Option<usize>) {
    let desc = topology.desc;
    let lane_of_stage =
        |stage: usize| desc.stages.get(stage).and_then(|stage| topology.lane_of_segment(stage.segment));
    let aside = |stage: usize, number: usize| topology.aside(stage, number);
    match place {
        EdgePlace::Hop(hop) => desc.hops.get(hop).map_or((None, None), |hop| {
            (topology.lane_of_segment(hop.from), topology.lane_of_segment(hop.to))
        }),
        EdgePlace::Inlet(stage) | EdgePlace::Back(stage) => (None, lane_of_stage(stage)),
        EdgePlace::To(stage, number) => (lane_of_stage(stage), aside(stage, number).map(|aside| aside.lane)),
        EdgePlace::From(stage, number) => {
            let aside = aside(stage, number);
            (aside.map(|aside| aside.lane), aside.and_then(|aside| topology.lane_of_segment(aside.next)))
        }
        EdgePlace::Past(stage) => {
            (lane_of_stage(stage), aside(stage, 0).and_then(|aside| topology.lane_of_segment(aside.next)))
        }
    }
}
