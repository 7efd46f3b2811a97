//! fusewire: typed graphs, fused at compile time into one loop body per pinned core.
